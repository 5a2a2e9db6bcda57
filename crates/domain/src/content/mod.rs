//! The content of a message: its text, the encoding on the air, and the number of segments.
//!
//! A [`Body`] is parsed once, at the edge; from then on exactly its text is stored, priced and sent.
//! This module must not know what a segment costs, whether the words are allowed (see
//! [`crate::compliance`]), or how received texts are interpreted.

mod attachments;
mod body;
mod encoding;
mod media_type;
mod same_text;
mod segmentation;
mod smart_encoding;
mod text;
pub(crate) mod words;

pub use attachments::{Attachments, Media, StoredMedia};
pub use body::{Body, InvalidBody};
pub use encoding::Encoding;
pub use media_type::{FileFault, MediaType, check_file};
pub use same_text::{TextHashes, is_same_text, text_hash};
pub use segmentation::Segmentation;
pub use smart_encoding::SmartEncoding;
pub use text::Text;
