//! Tokens between the pages of lists that a test can read, and the contracts of the fake keys.

use chrono::{DateTime, Utc};
use sms_domain::ports::{Contract, MediaKey, MediaTokens, PageTokens};
use sms_domain::values::ids::OrganizationId;
use sms_testkit::fixtures::organization_id;

/// The length of what they are bound to, and the place in hexadecimal.
pub(crate) struct FakeTokens;

impl PageTokens for FakeTokens {
    fn seal(&self, organization: OrganizationId, query: &[u8], place: &[u8]) -> String {
        assert_eq!(organization, organization_id());
        format!("{}-{}", query.len(), hex::encode(place))
    }

    fn open(&self, organization: OrganizationId, query: &[u8], token: &str) -> Option<Vec<u8>> {
        assert_eq!(organization, organization_id());
        let (bound, place) = token.split_once('-')?;
        let is_bound = bound == query.len().to_string();
        is_bound.then(|| hex::decode(place).ok()).flatten()
    }
}

/// A file's id and the second until which it can be read.
impl MediaTokens for FakeTokens {
    fn seal(&self, key: MediaKey, until: DateTime<Utc>) -> String {
        assert_eq!(key.organization_id, organization_id());
        format!("{}.{}", key.id, until.timestamp())
    }

    fn open(&self, token: &str) -> Option<(MediaKey, DateTime<Utc>)> {
        let (id, until) = token.split_once('.')?;
        let key = MediaKey {
            organization_id: organization_id(),
            id: id.parse().ok()?,
        };
        Some((key, DateTime::from_timestamp(until.parse().ok()?, 0)?))
    }
}

/// The contract of a key, by its secret.
pub(crate) fn contract_of(secret: &str) -> Contract {
    match secret {
        "newest" => Contract::August2026,
        _ => Contract::Page,
    }
}
