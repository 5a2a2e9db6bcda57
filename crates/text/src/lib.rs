//! One folding of text, for everything that compares texts: words of people, lists of forbidden
//! content, "the same text again".
//!
//! | Function | Folds | For |
//! |---|---|---|
//! | [`fold`] | compatibility forms (full width, circled …), case, accents, look-alikes of Latin letters, invisible and bidirectional characters | words and hosts, whatever they are disguised as |
//! | [`strict`] | compatibility forms, case and invisible characters only; marks around the text | words that may not be read into a text |
//! | [`comparable`] | [`fold`], typographic marks as plain ones, white space squeezed | two texts that a person would call the same |
//! | [`bare`] | [`comparable`], marks and pictures around words | "the same text again" with another decoration |
//! | [`percent_decoded`] | `%2E` | addresses on the web, before [`fold`] |
//! | [`punycode_decoded`] | `xn--…` | labels of hosts |
//!
//! Every function is pure and linear in the length of the text. This crate must not know what any
//! text means, or which texts are compared for what.

mod addresses;
mod characters;
mod fold;
mod marks;
mod punycode;

pub use addresses::percent_decoded;
pub use characters::{is_ignorable, is_letter_mark, is_quote};
pub use fold::{fold, strict};
pub use marks::{bare, comparable, one_spaced, plain_marks};
pub use punycode::punycode_decoded;
