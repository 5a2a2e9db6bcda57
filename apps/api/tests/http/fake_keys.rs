//! Keys that a test knows by their secrets.

use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ring::digest;
use sms_domain::ports::{ApiKey, ApiKeyRepository, KeyKind, Scope, Unavailable};
use sms_domain::values::Actor;
use sms_domain::values::ids::{ApiKeyId, OrganizationId};
use sms_testkit::fixtures::{noon, organization_id};
use uuid::Uuid;

use crate::fakes::down;
use crate::leads::SOURCE;
use crate::tokens::contract_of;

/// Knows keys by their secrets: `everything`, `newest`, `writer`, `reader`, `source`, `expired`, `revoked`.
#[derive(Default)]
pub(crate) struct FakeKeys {
    /// How many look-ups there were.
    pub(crate) look_ups: Mutex<u32>,
    /// When keys were used.
    pub(crate) touched: Mutex<Vec<DateTime<Utc>>>,
    /// Every key is revoked.
    pub(crate) are_revoked: Mutex<bool>,
    pub(crate) are_down: Mutex<bool>,
}

impl FakeKeys {
    pub(crate) fn key(&self, secret: &str) -> ApiKey {
        let is_revoked = secret == "revoked" || *self.are_revoked.lock().unwrap();
        ApiKey {
            id: ApiKeyId::new(Uuid::from_u128(1)),
            organization_id: organization_id(),
            source_id: (secret == "source").then_some(SOURCE),
            prefix: secret.to_owned(),
            scopes: match secret {
                "writer" => vec![Scope::SmsWrite],
                "reader" => vec![Scope::SmsRead],
                "source" => vec![Scope::LeadsWrite],
                _ => Scope::ALL.to_vec(),
            },
            kind: KeyKind::Live,
            contract: contract_of(secret),
            expires_at: (secret == "expired").then(noon),
            revoked_at: is_revoked.then(noon),
            created_at: noon(),
            last_used_at: None,
        }
    }
}

#[async_trait]
impl ApiKeyRepository for FakeKeys {
    async fn find(&self, hash: [u8; 32]) -> Result<Option<ApiKey>, Unavailable> {
        *self.look_ups.lock().unwrap() += 1;
        if *self.are_down.lock().unwrap() {
            return Err(down());
        }
        let known = [
            "everything",
            "newest",
            "writer",
            "reader",
            "source",
            "expired",
            "revoked",
        ];
        let found = known.into_iter().find(|secret| {
            digest::digest(&digest::SHA256, secret.as_bytes()).as_ref() == hash.as_slice()
        });
        Ok(found.map(|secret| self.key(secret)))
    }

    async fn insert(&self, _hash: [u8; 32], _key: ApiKey, _: &Actor) -> Result<bool, Unavailable> {
        Ok(true)
    }

    async fn list(&self, _organization: OrganizationId) -> Result<Vec<ApiKey>, Unavailable> {
        Ok(Vec::new())
    }

    async fn revoke(
        &self,
        _organization: OrganizationId,
        _id: ApiKeyId,
        _at: DateTime<Utc>,
        _: &Actor,
    ) -> Result<bool, Unavailable> {
        Ok(false)
    }

    async fn touch(&self, _id: ApiKeyId, at: DateTime<Utc>) -> Result<(), Unavailable> {
        self.touched.lock().unwrap().push(at);
        Ok(())
    }
}
