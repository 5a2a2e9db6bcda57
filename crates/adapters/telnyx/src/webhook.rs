//! Verifying and reading Telnyx's webhooks.
//!
//! Telnyx signs `timestamp|body` with the account's Ed25519 key. Nothing is parsed before the
//! signature holds, and the key that made it tells the account. Must not know what follows from an
//! event.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use sms_domain::change::ProviderEvent;
use sms_domain::message::Text;
use sms_domain::numbers::ProviderAccount;
use sms_domain::phone::PhoneNumber;
use sms_domain::ports::{
    InboundSms, Notice, NoticeContent, WebhookReader, WebhookRejected, WebhookRequest,
};

use crate::config::{PublicKey, TelnyxConfig};
use crate::evidence;
use crate::wire::{Event, Payload};

/// How far a timestamp may be from our clock, in seconds, in either direction: as in Telnyx's own
/// libraries.
const TOLERANCE: u64 = 300;

/// Reads webhooks of all configured accounts.
#[derive(Debug)]
pub struct TelnyxWebhooks {
    keys: Vec<(ProviderAccount, PublicKey)>,
}

impl TelnyxWebhooks {
    /// A reader that believes the keys of all accounts. Where two accounts share a key, events
    /// belong to the one whose name sorts first.
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

    fn signer(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<&ProviderAccount, WebhookRejected> {
        let refused = WebhookRejected::Signature;
        let timestamp = request.timestamp.ok_or(refused("no timestamp"))?;
        let signature = request.signature.ok_or(refused("no signature"))?;
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
        self.keys
            .iter()
            .find(|(_, key)| key.has_signed(&signed, &signature))
            .map(|(account, _)| account)
            .ok_or(refused("no key of ours made the signature"))
    }
}

impl WebhookReader for TelnyxWebhooks {
    fn read(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Notice, WebhookRejected> {
        let account = self.signer(request, now)?;
        let json: Value = serde_json::from_slice(request.body)
            .map_err(|error| WebhookRejected::Payload(error.to_string()))?;
        let event = Event::of(&json)
            .ok_or_else(|| WebhookRejected::Payload("no data.event_type".to_owned()))?;
        let record = record(account, &event, request.body, now);
        let content = content(&event, &record);
        Ok(Notice {
            event: record,
            content,
        })
    }

    fn read_again(&self, stored: &ProviderEvent) -> NoticeContent {
        let json: Value = serde_json::from_slice(&stored.payload).unwrap_or_default();
        Event::of(&json).map_or(NoticeContent::Other, |event| content(&event, stored))
    }
}

fn record(
    account: &ProviderAccount,
    event: &Event<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> ProviderEvent {
    let about_a_message = event.event_type().starts_with("message.");
    let message = event.payload().id().filter(|_| about_a_message);
    ProviderEvent {
        account: account.clone(),
        event_id: event.id().map_or_else(|| fingerprint(body), str::to_owned),
        event_type: event.event_type().to_owned(),
        occurred_at: event.occurred_at().unwrap_or(now),
        received_at: now,
        provider_message_id: message.map(str::to_owned),
        matched: None,
        payload: body.to_vec(),
    }
}

/// Names an event without an id, so that its repetition is still known.
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

/// A text from a person. One without an id is known by its event, for an opt-out must not be lost
/// for want of one. Senders that are no phone number (short codes, names) cannot be leads.
fn inbound(payload: &Payload<'_>, record: &ProviderEvent) -> Option<InboundSms> {
    let id = record
        .provider_message_id
        .as_ref()
        .unwrap_or(&record.event_id);
    Some(InboundSms {
        provider_message_id: id.clone(),
        from: PhoneNumber::parse(payload.from()?).ok()?,
        to: PhoneNumber::parse(payload.to()?).ok()?,
        text: received_text(payload.text().unwrap_or_default()),
        received_at: payload.instant("received_at").unwrap_or(record.occurred_at),
        has_provider_autoresponse: payload.has_autoresponse(),
    })
}

/// As received, but for NUL: no phone shows it and no database keeps it.
fn received_text(text: &str) -> Text {
    Text::new(text.replace('\0', ""))
}
