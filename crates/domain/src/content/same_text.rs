//! What counts as the same text. Must not know for how long a text is remembered.

use sms_text::bare;

use super::text::Text;

/// Tells texts that a person would call the same from others: a hash of the text's bare form
/// ([`sms_text::bare`]), in which white space, case, accents, letters that only look different,
/// invisible characters, and marks and emoji around words do not count.
///
/// It is remembered for a day (`RecentSend::text_hash`); releases before this form remembered a hash
/// of the text as it was, so whoever compares asks [`is_same_text`], which knows both.
#[must_use]
pub fn text_hash(text: &Text) -> i64 {
    fnv(&bare(text.as_str()))
}

/// Whether a remembered hash is of the same text: by this release's [`text_hash`], or by the hash of the
/// exact text, as releases before remembered it. After an upgrade a text is thus known by its exact
/// repetition until the day is over, and by any repetition from then on.
#[must_use]
pub fn is_same_text(remembered: i64, text: &Text) -> bool {
    remembered == text_hash(text) || remembered == fnv(text.as_str())
}

/// FNV-1a, 64 bits. It tells texts apart; it does not have to withstand anybody.
fn fnv(text: &str) -> i64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.cast_signed()
}
