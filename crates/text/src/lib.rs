//! Text folding for everything that compares texts: keywords, lists of forbidden content, "the same
//! text again".
//!
//! | Function | Folds | For |
//! |---|---|---|
//! | [`fold`] | compatibility forms (full width, circled …), case, accents, look-alikes of Latin letters, invisible and bidirectional characters | words and hosts, however disguised |
//! | [`strict`] | compatibility forms, case and invisible characters only; punctuation around the text | words for which a look-alike must not pass (consent) |
//! | [`comparable`] | what [`fold`] folds, typographic punctuation, runs of white space | two texts that a person would call the same |
//! | [`bare`] | what [`comparable`] folds, punctuation and pictures around words | the same text with different decoration |
//! | [`percent_decoded`] | `%2E` | web addresses, before [`fold`] |
//! | [`punycode_decoded`] | `xn--…` | host labels |
//!
//! Every function is pure and linear in the length of the text. This crate must not know what a text
//! means or why texts are compared.

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
