//! Tokens in the addresses of files. They prove that this installation made the address, and say until when it is
//! valid: nothing has to be stored for them.
//!
//! A token is the organization, the file, the seconds since 1970 until which it is valid (8 bytes, big-endian) and the
//! first 16 bytes of their HMAC-SHA256, in base64 for URLs: 75 characters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::hmac;
use sms_domain::ports::{MediaKey, MediaTokens};
use sms_domain::values::ids::{MediaId, OrganizationId};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::keys::{InstallationKeys, KeyUse};

/// Bytes of the HMAC in a token: 2^127 guesses on average, each of which is one request.
const TAG: usize = 16;

/// [`MediaTokens`] under the keys of an installation.
pub struct SealedMedia {
    sealing: hmac::Key,
    retired: Vec<hmac::Key>,
}

impl SealedMedia {
    /// Tokens under keys derived from those of an installation.
    #[must_use]
    pub fn new(keys: &InstallationKeys) -> Self {
        let (sealing, retired) = keys.derived(KeyUse::MediaTokens);
        Self { sealing, retired }
    }

    fn is_ours(&self, named: &[u8], tag: &[u8]) -> bool {
        let mut keys = std::iter::once(&self.sealing).chain(&self.retired);
        keys.any(|key| self::tag(key, named).ct_eq(tag).into())
    }
}

impl MediaTokens for SealedMedia {
    fn seal(&self, key: MediaKey, until: DateTime<Utc>) -> String {
        let named = [
            key.organization_id.as_uuid().as_bytes().as_slice(),
            key.id.as_uuid().as_bytes(),
            &until.timestamp().to_be_bytes(),
        ]
        .concat();
        let tag = tag(&self.sealing, &named);
        URL_SAFE_NO_PAD.encode([named.as_slice(), &tag].concat())
    }

    fn open(&self, token: &str) -> Option<(MediaKey, DateTime<Utc>)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (named, tag) = bytes.split_last_chunk::<TAG>()?;
        let (organization, rest) = named.split_first_chunk::<16>()?;
        let (id, seconds) = rest.split_first_chunk::<16>()?;
        let until = DateTime::from_timestamp(i64::from_be_bytes(seconds.try_into().ok()?), 0)?;
        let key = MediaKey {
            organization_id: OrganizationId::new(Uuid::from_bytes(*organization)),
            id: MediaId::new(Uuid::from_bytes(*id)),
        };
        self.is_ours(named, tag).then_some((key, until))
    }
}

fn tag(key: &hmac::Key, named: &[u8]) -> [u8; TAG] {
    let whole = hmac::sign(key, named);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&whole.as_ref()[..TAG]);
    tag
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(keys: &[u8]) -> SealedMedia {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| format!("{key:02x}").repeat(32))
            .collect();
        SealedMedia::new(&InstallationKeys::parse(&keys.join(",")).unwrap())
    }

    fn file(organization: u128, id: u128) -> MediaKey {
        MediaKey {
            organization_id: OrganizationId::new(Uuid::from_u128(organization)),
            id: MediaId::new(Uuid::from_u128(id)),
        }
    }

    fn at(seconds: u32) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds.into(), 0).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_token_is_read_back_by_every_key_of_the_list(organization: u128, id: u128, until: u32) {
            let key = file(organization, id);
            let token = tokens(&[1]).seal(key, at(until));
            prop_assert_eq!(token.len(), 75);
            for keys in [&[1][..], &[2, 1], &[1, 2]] {
                prop_assert_eq!(tokens(keys).open(&token), Some((key, at(until))));
            }
            prop_assert_eq!(tokens(&[2]).open(&token), None);
        }

        #[test]
        fn a_changed_token_is_refused(place: usize, letter in "[A-Za-z0-9_=+/ -]") {
            let token = tokens(&[1]).seal(file(1, 2), at(3));
            let place = place % token.len();
            let mut changed = token.clone();
            changed.replace_range(place..=place, &letter);
            prop_assume!(changed != token);
            prop_assert_eq!(tokens(&[1]).open(&changed), None);
        }

        #[test]
        fn what_is_no_token_is_refused(text in ".{0,100}") {
            prop_assert_eq!(tokens(&[1]).open(&text), None);
        }
    }
}
