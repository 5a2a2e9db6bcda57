//! The list of installation keys, and the keys that are derived from it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;

/// Separates our derivation from any other use of the same secret.
const SALT: &[u8] = b"sms-api installation key";

/// Least length of a key in bytes: the security of the derived keys is that of the shortest one.
const SHORTEST: usize = 32;

/// What a derived key is for. A key of one use says nothing about a key of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// The tokens in the URLs of webhooks.
    AttemptTokens,
    /// The tokens between two pages of a list.
    PageTokens,
    /// The secrets of endpoints for events.
    WebhookSecrets,
    /// The tokens in the addresses of files.
    MediaTokens,
}

impl KeyUse {
    /// The label of the derivation. A changed format of what is sealed gets a new label.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::AttemptTokens => b"attempt token 1",
            Self::PageTokens => b"page token 1",
            Self::WebhookSecrets => b"webhook secret 1",
            Self::MediaTokens => b"media token 1",
        }
    }
}

/// The keys of an installation, newest first: the first one seals, all of them verify.
#[derive(Clone)]
pub struct InstallationKeys {
    first: Vec<u8>,
    others: Vec<Vec<u8>>,
}

/// Why a list of keys is not usable. It names the key by its position and never shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// A part of the list is neither hexadecimal nor base64.
    #[error("key {0} is neither base64 nor hexadecimal")]
    Unreadable(usize),
    /// A key has too few bytes.
    #[error("key {0} has {1} bytes; at least {SHORTEST} are required")]
    TooShort(usize, usize),
    /// A key occurs twice, most likely because a rotation was only half done.
    #[error("key {0} occurs twice")]
    Repeated(usize),
}

impl InstallationKeys {
    /// Reads a list: keys of at least 32 bytes in base64 or hexadecimal, separated by commas.
    ///
    /// # Errors
    /// [`KeyFault`], which counts keys from 1.
    pub fn parse(list: &str) -> Result<Self, KeyFault> {
        let mut keys: Vec<Vec<u8>> = Vec::new();
        for (index, text) in list.split(',').enumerate() {
            let place = index.saturating_add(1);
            let key = bytes(text.trim()).ok_or(KeyFault::Unreadable(place))?;
            if key.len() < SHORTEST {
                return Err(KeyFault::TooShort(place, key.len()));
            }
            if keys.contains(&key) {
                return Err(KeyFault::Repeated(place));
            }
            keys.push(key);
        }
        let others = keys.split_off(1);
        // A list has at least one part, and each part became a key.
        let first = keys.pop().ok_or(KeyFault::Unreadable(1))?;
        Ok(Self { first, others })
    }

    /// A single key.
    #[must_use]
    pub fn single(key: [u8; 32]) -> Self {
        Self {
            first: key.to_vec(),
            others: Vec::new(),
        }
    }

    /// The keys for one use, in the order of the list.
    pub(crate) fn derived(&self, key_use: KeyUse) -> (hmac::Key, Vec<hmac::Key>) {
        let derive = |secret: &Vec<u8>| derive(secret, key_use);
        (
            derive(&self.first),
            self.others.iter().map(derive).collect(),
        )
    }
}

/// HKDF-SHA256 (RFC 5869).
fn derive(secret: &[u8], key_use: KeyUse) -> hmac::Key {
    let extracted = Salt::new(HKDF_SHA256, SALT).extract(secret);
    let label = [key_use.label()];
    let expanded = extracted.expand(&label, hmac::HMAC_SHA256);
    hmac::Key::from(expanded.expect("the length of one hash can always be derived"))
}

/// A text of an even number of hexadecimal digits is hexadecimal, although it is base64 as well.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return None;
    }
    let encodings = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    let base64 = || encodings.iter().find_map(|one| one.decode(text).ok());
    hex::decode(text).ok().or_else(base64)
}

impl fmt::Debug for InstallationKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstallationKeys({})", self.others.len() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn fault(list: &str) -> KeyFault {
        InstallationKeys::parse(list).unwrap_err()
    }

    #[test]
    fn a_key_is_the_same_in_base64_and_in_hexadecimal() {
        for text in [HEX, BASE64, BASE64.trim_end_matches('=')] {
            let key = InstallationKeys::parse(text).unwrap().first;
            assert_eq!(key, (0..32).collect::<Vec<u8>>(), "{text}");
        }
    }

    #[test]
    fn a_list_keeps_its_order() {
        let list = format!("{HEX}, {}", "ff".repeat(40));
        let keys = InstallationKeys::parse(&list).unwrap();
        assert_eq!(keys.first[31], 31);
        assert_eq!(keys.others, [vec![255; 40]]);
    }

    #[test]
    fn a_fault_names_the_key_by_its_place() {
        assert_eq!(fault("a secret phrase"), KeyFault::Unreadable(1));
        assert_eq!(fault(&format!("{HEX},")), KeyFault::Unreadable(2));
        assert_eq!(fault(&format!("{HEX},00ff")), KeyFault::TooShort(2, 2));
        assert_eq!(fault(&format!("{HEX},{BASE64}")), KeyFault::Repeated(2));
        assert_eq!(fault(""), KeyFault::Unreadable(1));
    }

    #[test]
    fn neither_debug_output_nor_an_error_shows_a_key() {
        let keys = InstallationKeys::parse(&format!("{HEX},{}", "ab".repeat(32))).unwrap();
        assert_eq!(format!("{keys:?}"), "InstallationKeys(2)");
        assert!(!fault("00ff").to_string().contains("00ff"));
    }

    /// Computed with Python's `hmac` by the text of RFC 5869.
    #[test]
    fn keys_are_derived_as_the_standard_says() {
        let (key, _) = InstallationKeys::parse(HEX)
            .unwrap()
            .derived(KeyUse::AttemptTokens);
        let tag = hmac::sign(&key, b"hello");
        assert_eq!(
            hex::encode(tag.as_ref()),
            "dcf8a0e4cacb1e1340c031aadcec7222c6ab5aff79cf2bc1ec3309552eac69af"
        );
    }
}
