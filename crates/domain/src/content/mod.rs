//! What a message says: its text, how the text travels, and how many segments that takes.
//!
//! A [`Body`] is parsed once, at the edge; from then on its text is what is stored, priced and sent,
//! to the character. This module must not know what a segment costs, whether the words are allowed
//! (that is [`crate::compliance`]), or how texts that people send to us are read.

mod attachments;
mod body;
mod encoding;
mod same_text;
mod segmentation;
mod smart_encoding;
mod text;
pub(crate) mod words;

pub use attachments::{Attachments, Media, StoredMedia};
pub use body::{Body, InvalidBody};
pub use encoding::Encoding;
pub use same_text::{is_same_text, text_hash};
pub use segmentation::Segmentation;
pub use smart_encoding::SmartEncoding;
pub use text::Text;
