//! When two texts count as the same. Must not know how long a text is remembered.

use serde::{Deserialize, Serialize};
use sms_text::bare;

use super::text::Text;

/// A hash that is equal for texts that a person considers the same. It covers the text's bare form
/// ([`sms_text::bare`]), which disregards white space, case, accents, look-alike letters, invisible
/// characters, and marks and emoji around words.
///
/// The hash is stored for a day (`RecentSend::text_hash`). Earlier releases stored a hash of the
/// exact text; [`is_same_text`] compares with both forms.
#[must_use]
pub fn text_hash(text: &Text) -> i64 {
    fnv(&bare(text.as_str()))
}

/// The hashes of one text: of its bare form and of its exact form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TextHashes {
    /// See [`text_hash`].
    pub bare: i64,
    /// The hash of the exact text, which earlier releases stored.
    pub exact: i64,
}

impl TextHashes {
    /// The hashes of a text.
    #[must_use]
    pub fn of(text: &Text) -> Self {
        Self {
            bare: text_hash(text),
            exact: fnv(text.as_str()),
        }
    }

    /// Whether a stored hash belongs to the same text; see [`is_same_text`].
    #[must_use]
    pub const fn are_of(self, remembered: i64) -> bool {
        remembered == self.bare || remembered == self.exact
    }
}

/// Whether a stored hash belongs to the same text: by [`text_hash`], or by the hash of the exact text,
/// which earlier releases stored. For a day after an upgrade, a text sent before the upgrade is
/// therefore recognised only by its exact repetition.
#[must_use]
pub fn is_same_text(remembered: i64, text: &Text) -> bool {
    TextHashes::of(text).are_of(remembered)
}

/// FNV-1a, 64 bits. It distinguishes texts; it need not resist attacks.
fn fnv(text: &str) -> i64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.cast_signed()
}
