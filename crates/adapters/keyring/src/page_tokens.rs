//! Tokens that name a place in a list and prove that this installation made them for one organization and one
//! query.
//!
//! A token is the place and the first 16 bytes of an HMAC-SHA256 over the organization, the length of the query,
//! the query and the place, in base64 for URLs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use sms_domain::ports::PageTokens;
use sms_domain::values::ids::OrganizationId;
use subtle::ConstantTimeEq as _;

use crate::keys::{InstallationKeys, KeyUse};

/// Bytes of the HMAC in a token.
const TAG: usize = 16;

/// [`PageTokens`] under the keys of an installation.
pub struct SealedPages {
    sealing: hmac::Key,
    retired: Vec<hmac::Key>,
}

impl SealedPages {
    /// Tokens under keys derived from those of an installation.
    #[must_use]
    pub fn new(keys: &InstallationKeys) -> Self {
        let (sealing, retired) = keys.derived(KeyUse::PageTokens);
        Self { sealing, retired }
    }
}

impl PageTokens for SealedPages {
    fn seal(&self, organization_id: OrganizationId, query: &[u8], place: &[u8]) -> String {
        let tag = tag(&self.sealing, organization_id, query, place);
        URL_SAFE_NO_PAD.encode([place, &tag].concat())
    }

    fn open(&self, organization_id: OrganizationId, query: &[u8], token: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (place, found) = bytes.split_last_chunk::<TAG>()?;
        let mut keys = std::iter::once(&self.sealing).chain(&self.retired);
        let is_ours = keys.any(|key| tag(key, organization_id, query, place).ct_eq(found).into());
        is_ours.then(|| place.to_vec())
    }
}

fn tag(key: &hmac::Key, organization_id: OrganizationId, query: &[u8], place: &[u8]) -> [u8; TAG] {
    let mut signed = hmac::Context::with_key(key);
    signed.update(organization_id.as_uuid().as_bytes());
    signed.update(&query.len().to_be_bytes());
    signed.update(query);
    signed.update(place);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&signed.sign().as_ref()[..TAG]);
    tag
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn tokens(keys: &[u8]) -> SealedPages {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| format!("{key:02x}").repeat(32))
            .collect();
        SealedPages::new(&InstallationKeys::parse(&keys.join(",")).unwrap())
    }

    fn organization(n: u128) -> OrganizationId {
        OrganizationId::new(Uuid::from_u128(n))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_place_is_read_back_by_every_key_of_the_list(
            n: u128, query: Vec<u8>, place: Vec<u8>,
        ) {
            let token = tokens(&[1]).seal(organization(n), &query, &place);
            for keys in [&[1][..], &[2, 1], &[1, 2]] {
                let found = tokens(keys).open(organization(n), &query, &token);
                prop_assert_eq!(found.as_ref(), Some(&place));
            }
            prop_assert_eq!(tokens(&[2]).open(organization(n), &query, &token), None);
        }

        #[test]
        fn another_organization_or_query_cannot_use_a_token(
            n: u128, other: u128, query: Vec<u8>, asked: Vec<u8>, place: Vec<u8>,
        ) {
            prop_assume!(n != other && query != asked);
            let token = tokens(&[1]).seal(organization(n), &query, &place);
            prop_assert_eq!(tokens(&[1]).open(organization(other), &query, &token), None);
            prop_assert_eq!(tokens(&[1]).open(organization(n), &asked, &token), None);
        }

        #[test]
        fn a_changed_token_is_refused(place: Vec<u8>, at: usize, letter in "[A-Za-z0-9_=+/ -]") {
            let tokens = tokens(&[1]);
            let token = tokens.seal(organization(1), b"query", &place);
            let at = at % token.len();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &letter);
            prop_assume!(changed != token);
            prop_assert_eq!(tokens.open(organization(1), b"query", &changed), None);
        }

        #[test]
        fn what_is_no_token_is_refused(text in ".{0,40}") {
            prop_assert_eq!(tokens(&[1]).open(organization(1), b"query", &text), None);
        }
    }

    #[test]
    fn a_byte_does_not_move_from_the_query_to_the_place() {
        let tokens = tokens(&[1]);
        let token = tokens.seal(organization(1), b"ab", b"c");
        assert_eq!(tokens.open(organization(1), b"a", &token), None);
    }
}
