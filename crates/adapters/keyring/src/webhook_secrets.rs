//! The secrets of endpoints, derived so that none is stored, and signatures after Standard Webhooks.
//!
//! A secret is the HMAC-SHA256 of the endpoint and the generation of its secret: 32 bytes. A call is signed
//! with the HMAC-SHA256 of `<id>.<seconds since 1970>.<body>` under it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;
use sms_domain::ports::WebhookSecrets;
use sms_domain::webhooks::SecretRef;

use crate::keys::{InstallationKeys, KeyUse};

/// [`WebhookSecrets`] under the keys of an installation.
pub struct DerivedSecrets {
    newest: Marked,
    retired: Vec<Marked>,
}

/// A key, and the number by which endpoints name it. The number does not reveal the key.
struct Marked {
    mark: i64,
    key: hmac::Key,
}

impl Marked {
    fn new(key: hmac::Key) -> Self {
        let tag = hmac::sign(&key, b"mark");
        let mut mark = [0; 8];
        mark.copy_from_slice(&tag.as_ref()[..8]);
        Self {
            mark: i64::from_be_bytes(mark),
            key,
        }
    }
}

impl DerivedSecrets {
    /// Secrets under keys derived from those of an installation.
    #[must_use]
    pub fn new(keys: &InstallationKeys) -> Self {
        let (newest, retired) = keys.derived(KeyUse::WebhookSecrets);
        Self {
            newest: Marked::new(newest),
            retired: retired.into_iter().map(Marked::new).collect(),
        }
    }

    fn secret(&self, secret: &SecretRef) -> Option<hmac::Tag> {
        let mut keys = std::iter::once(&self.newest).chain(&self.retired);
        let found = keys.find(|key| key.mark == secret.key_mark)?;
        let named = [
            b"secret".as_slice(),
            secret.endpoint_id.as_uuid().as_bytes(),
            &secret.generation.to_be_bytes(),
        ]
        .concat();
        Some(hmac::sign(&found.key, &named))
    }
}

impl WebhookSecrets for DerivedSecrets {
    fn newest_key(&self) -> i64 {
        self.newest.mark
    }

    fn shown(&self, secret: &SecretRef) -> Option<String> {
        let secret = self.secret(secret)?;
        Some(format!("whsec_{}", STANDARD.encode(secret.as_ref())))
    }

    fn signature(
        &self,
        secret: &SecretRef,
        id: &str,
        at: DateTime<Utc>,
        body: &[u8],
    ) -> Option<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret(secret)?.as_ref());
        let mut signed = hmac::Context::with_key(&key);
        signed.update(format!("{id}.{}.", at.timestamp()).as_bytes());
        signed.update(body);
        Some(format!("v1,{}", STANDARD.encode(signed.sign().as_ref())))
    }
}
