//! Tokens that name an attempt and prove that this installation made them: nothing has to be stored to find
//! the attempt again.
//!
//! A token is the organization, the message, the number of the attempt (4 bytes, big-endian) and the first 16
//! bytes of their HMAC-SHA256, in base64 for URLs: 70 characters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use sms_domain::carrier::AttemptToken;
use sms_domain::message::AttemptId;
use sms_domain::ports::AttemptTokens;
use sms_domain::values::ids::{MessageId, OrganizationId};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::keys::{InstallationKeys, KeyUse};

/// Bytes of the HMAC in a token: 2^127 guesses on average, each of which is one request.
const TAG: usize = 16;

/// [`AttemptTokens`] under the keys of an installation.
pub struct SealedTokens {
    sealing: hmac::Key,
    retired: Vec<hmac::Key>,
}

impl SealedTokens {
    /// Tokens under keys derived from those of an installation.
    #[must_use]
    pub fn new(keys: &InstallationKeys) -> Self {
        let (sealing, retired) = keys.derived(KeyUse::AttemptTokens);
        Self { sealing, retired }
    }

    fn is_ours(&self, named: &[u8], tag: &[u8]) -> bool {
        let mut keys = std::iter::once(&self.sealing).chain(&self.retired);
        keys.any(|key| self::tag(key, named).ct_eq(tag).into())
    }
}

impl AttemptTokens for SealedTokens {
    fn seal(&self, attempt: AttemptId) -> AttemptToken {
        let named = [
            attempt.organization_id.as_uuid().as_bytes().as_slice(),
            attempt.message_id.as_uuid().as_bytes(),
            &attempt.number.to_be_bytes(),
        ]
        .concat();
        let tag = tag(&self.sealing, &named);
        AttemptToken::new(URL_SAFE_NO_PAD.encode([named.as_slice(), &tag].concat()))
    }

    fn open(&self, token: &AttemptToken) -> Option<AttemptId> {
        let bytes = URL_SAFE_NO_PAD.decode(token.expose()).ok()?;
        let (named, tag) = bytes.split_last_chunk::<TAG>()?;
        let (organization, rest) = named.split_first_chunk::<16>()?;
        let (message, number) = rest.split_first_chunk::<16>()?;
        let number = u32::from_be_bytes(number.try_into().ok()?);
        self.is_ours(named, tag).then(|| AttemptId {
            organization_id: OrganizationId::new(Uuid::from_bytes(*organization)),
            message_id: MessageId::new(Uuid::from_bytes(*message)),
            number,
        })
    }
}

fn tag(key: &hmac::Key, named: &[u8]) -> [u8; TAG] {
    let whole = hmac::sign(key, named);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&whole.as_ref()[..TAG]);
    tag
}
