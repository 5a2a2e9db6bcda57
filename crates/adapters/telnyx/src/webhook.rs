//! Verifies and reads Telnyx's webhooks.
//!
//! Telnyx signs `timestamp|body` with the account's Ed25519 key. Nothing is parsed before the signature
//! is verified, and the signing key identifies the accounts. Every signed body is accepted, whatever it
//! contains: a rejected one would be redelivered a few times and then lost.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use sms_domain::carrier::{InboundSms, Notice, NoticeContent, ProviderEvent};
use sms_domain::content::Attachments;
use sms_domain::ports::{WebhookReader, WebhookRejected, WebhookRequest};
use sms_domain::values::ProviderAccount;

use crate::config::{PublicKey, TelnyxConfig};
use crate::wire::{Event, Payload};
use crate::{evidence, lenient};

/// The event kind under which an unreadable body is stored.
const UNREADABLE: &str = "unreadable";

/// The header with the signature, in base64.
const SIGNATURE: &str = "telnyx-signature-ed25519";

/// The header with the signed time, in seconds since 1970.
const TIMESTAMP: &str = "telnyx-timestamp";

/// Allowed difference between a timestamp and our clock in either direction, in seconds, as in Telnyx's
/// own libraries.
const TOLERANCE: u64 = 300;

/// Reads webhooks of all configured accounts.
#[derive(Debug)]
pub struct TelnyxWebhooks {
    keys: Vec<(ProviderAccount, PublicKey)>,
}

impl TelnyxWebhooks {
    /// A reader that trusts the keys of all accounts. If several accounts share a key, an event may
    /// concern any of them and is stored under the account whose name sorts first.
    #[must_use]
    pub fn new(config: &TelnyxConfig) -> Self {
        let mut keys: Vec<_> = config
            .accounts
            .iter()
            .flat_map(|(name, account)| {
                account
                    .public_keys
                    .iter()
                    .map(|key| (name.clone(), key.clone()))
            })
            .collect();
        keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self { keys }
    }

    /// The accounts whose key made the signature; at least one.
    fn signers(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ProviderAccount>, WebhookRejected> {
        let refused = WebhookRejected::Signature;
        let timestamp = request.header(TIMESTAMP).ok_or(refused("no timestamp"))?;
        let signature = request.header(SIGNATURE).ok_or(refused("no signature"))?;
        let seconds: i64 = timestamp
            .parse()
            .map_err(|_| refused("the timestamp is not a number"))?;
        if now.timestamp().abs_diff(seconds) > TOLERANCE {
            return Err(refused("the timestamp is too far from now"));
        }
        let signature = STANDARD
            .decode(signature)
            .map_err(|_| refused("the signature is not base64"))?;
        let signed = [timestamp.as_bytes(), b"|", request.body].concat();
        let (_, used) = self
            .keys
            .iter()
            .find(|(_, key)| key.has_signed(&signed, &signature))
            .ok_or(refused("no key of ours made the signature"))?;
        let accounts = self.keys.iter().filter(|(_, key)| key == used);
        Ok(accounts.map(|(account, _)| account.clone()).collect())
    }

    /// The accounts that may have signed an event that is stored under this account.
    fn sharing_a_key_with(&self, account: &ProviderAccount) -> Vec<ProviderAccount> {
        let is_shared = |key: &PublicKey| {
            let mut same = self.keys.iter().filter(|(_, other)| other == key);
            same.any(|(name, _)| name == account)
        };
        let others = self.keys.iter().filter(|(_, key)| is_shared(key));
        let mut accounts = vec![account.clone()];
        accounts.extend(others.map(|(name, _)| name.clone()));
        accounts
    }
}

impl WebhookReader for TelnyxWebhooks {
    fn read(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Notice, WebhookRejected> {
        let signers = self.signers(request, now)?;
        let mut record = unreadable(&signers, request.body, now);
        let json = lenient::read(request.body).unwrap_or_default();
        let content = match Event::of(&json) {
            Some(event) => {
                describe(&mut record, &event);
                content(&event, &record)
            }
            None => NoticeContent::Unreadable,
        };
        Ok(Notice {
            event: record,
            signers,
            content,
        })
    }

    fn read_again(&self, stored: ProviderEvent) -> Notice {
        let json = lenient::read(&stored.payload).unwrap_or_default();
        let event = Event::of(&json);
        let content = event.map_or(NoticeContent::Unreadable, |event| content(&event, &stored));
        Notice {
            signers: self.sharing_a_key_with(&stored.account),
            event: stored,
            content,
        }
    }
}

/// The event for a body that cannot be read.
fn unreadable(signers: &[ProviderAccount], body: &[u8], now: DateTime<Utc>) -> ProviderEvent {
    let account = signers.first().cloned();
    ProviderEvent {
        account: account.unwrap_or_else(|| ProviderAccount::new("")),
        event_id: fingerprint(body),
        event_type: UNREADABLE.to_owned(),
        occurred_at: now,
        received_at: now,
        provider_message_id: None,
        matched: None,
        payload: body.to_vec(),
    }
}

fn describe(record: &mut ProviderEvent, event: &Event<'_>) {
    record.event_type = event.event_type();
    if let Some(id) = event.id() {
        record.event_id = id.to_owned();
    }
    if let Some(at) = event.occurred_at(record.received_at) {
        record.occurred_at = at;
    }
    if record.event_type.starts_with("message.") {
        record.provider_message_id = event.payload().id().map(str::to_owned);
    }
}

/// An id for an event without a usable one, so that a redelivery is recognised.
fn fingerprint(body: &[u8]) -> String {
    format!("sha256:{}", STANDARD.encode(digest(&SHA256, body)))
}

fn content(event: &Event<'_>, record: &ProviderEvent) -> NoticeContent {
    let payload = event.payload();
    if record.event_type == "message.received" {
        return inbound(&payload, record).map_or(NoticeContent::Other, NoticeContent::Inbound);
    }
    evidence::of_event(
        &record.event_type,
        &record.event_id,
        record.occurred_at,
        &payload,
    )
    .map_or(NoticeContent::Other, NoticeContent::Evidence)
}

/// A text from a person. A text without an id takes that of its event, so that an opt-out is not lost for
/// lack of an id.
fn inbound(payload: &Payload<'_>, record: &ProviderEvent) -> Option<InboundSms> {
    let id = record
        .provider_message_id
        .as_ref()
        .unwrap_or(&record.event_id);
    let from = payload.from()?;
    let mut to = payload.recipients();
    to.retain(|phone| *phone != from);
    if to.is_empty() {
        return None;
    }
    Some(InboundSms {
        provider_message_id: id.clone(),
        from,
        to,
        messaging_profile_id: payload.messaging_profile().map(str::to_owned),
        text: payload.text(),
        attachments: Attachments {
            subject: payload.subject(),
            media: payload.media(),
        },
        received_at: (payload.received_at(record.received_at)).unwrap_or(record.occurred_at),
        has_provider_autoresponse: payload.has_autoresponse(),
    })
}
