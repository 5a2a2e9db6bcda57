//! The message objects of the API, as answers and as the payload of events. Field for field what
//! `OutboundMessagePayload` and `InboundMessagePayload` of Telnyx's published document describe.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    course::{Fact, Status},
    inbound::{InboundMessage, Keyword, MediaFile, Mms},
    ledger::LedgerEntry,
    parts,
    problem::{ApiError, WireError},
};

/// The simulated account.
pub(crate) const ORGANIZATION: Uuid = Uuid::from_u128(0xb448_f9cc_a842_4784_98e9_03c1_a587_2950);

/// Price and carrier fee of a part, in ten-thousandths of a dollar.
const RATE: u64 = 40;
const CARRIER_FEE: u64 = 30;

/// An instant as the API writes it: milliseconds and an offset.
pub(crate) fn wire_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// A message that the account sent.
#[derive(Debug, Serialize)]
pub(crate) struct Outbound<'a> {
    record_type: &'static str,
    direction: &'static str,
    id: Uuid,
    r#type: &'static str,
    organization_id: Uuid,
    messaging_profile_id: &'a str,
    from: Party<'a>,
    to: [Party<'a>; 1],
    cc: [Party<'a>; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    text: &'a str,
    media: Vec<Media<'a>>,
    encoding: &'static str,
    parts: usize,
    num_chars: usize,
    smart_encoding_applied: bool,
    tags: [&'static str; 0],
    cost: Option<Money>,
    cost_breakdown: Option<CostBreakdown>,
    errors: Vec<WireError>,
    webhook_url: Option<&'a str>,
    webhook_failover_url: Option<&'a str>,
    received_at: String,
    sent_at: Option<String>,
    completed_at: Option<String>,
    valid_until: Option<String>,
    wait_seconds: f32,
    tcr_campaign_billable: bool,
    tcr_campaign_id: Option<&'static str>,
    tcr_campaign_registered: Option<&'static str>,
}

/// A message that a person sent to the account.
#[derive(Debug, Serialize)]
pub(crate) struct Inbound<'a> {
    record_type: &'static str,
    direction: &'static str,
    id: Uuid,
    r#type: &'static str,
    organization_id: Uuid,
    messaging_profile_id: &'a str,
    from: Party<'a>,
    to: Vec<Party<'a>>,
    cc: Vec<Party<'a>>,
    subject: Option<&'a str>,
    text: &'a str,
    media: Vec<ReceivedMedia<'a>>,
    encoding: &'static str,
    parts: usize,
    num_chars: usize,
    tags: [&'static str; 0],
    cost: Option<Money>,
    errors: [WireError; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    autoresponse_type: Option<Keyword>,
    received_at: String,
    sent_at: Option<String>,
    completed_at: Option<String>,
    valid_until: Option<String>,
    webhook_url: Option<&'a str>,
    webhook_failover_url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Party<'a> {
    phone_number: &'a str,
    carrier: &'static str,
    line_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Media<'a> {
    url: &'a str,
    content_type: Option<&'static str>,
    sha256: Option<&'static str>,
    size: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Money {
    amount: String,
    currency: &'static str,
}

#[derive(Debug, Serialize)]
struct CostBreakdown {
    carrier_fee: Money,
    rate: Money,
}

/// The message as it stands after `facts`; none of them yet means queued.
pub(crate) fn outbound<'a>(entry: &'a LedgerEntry, facts: &[Fact]) -> Outbound<'a> {
    let now = facts.last();
    let status = now.map_or(Status::Queued, |fact| fact.status);
    let size = parts::count(&entry.text);
    // What never left costs nothing; what is still queued has no cost yet.
    let charged = match status {
        Status::Queued => None,
        Status::SendingFailed | Status::Expired => Some(0),
        Status::Sent | Status::Delivered | Status::DeliveryFailed | Status::DeliveryUnconfirmed => {
            Some(size.count as u64)
        }
    };
    Outbound {
        record_type: "message",
        direction: "outbound",
        id: entry.id,
        r#type: if entry.media_urls.is_empty() {
            "SMS"
        } else {
            "MMS"
        },
        organization_id: ORGANIZATION,
        messaging_profile_id: &entry.messaging_profile_id,
        from: Party::ours(&entry.from),
        to: [Party {
            status: Some(status.as_str()),
            ..Party::person(&entry.to)
        }],
        cc: [],
        subject: entry.subject.as_deref(),
        text: &entry.text,
        media: entry.media_urls.iter().map(|url| Media::at(url)).collect(),
        encoding: size.encoding,
        parts: size.count,
        num_chars: entry.text.chars().count(),
        smart_encoding_applied: false,
        tags: [],
        cost: charged.map(|parts| Money::dollars(parts * (RATE + CARRIER_FEE))),
        cost_breakdown: charged.map(|parts| CostBreakdown {
            carrier_fee: Money::dollars(parts * CARRIER_FEE),
            rate: Money::dollars(parts * RATE),
        }),
        errors: now
            .and_then(|fact| fact.error)
            .map(receipt_error)
            .into_iter()
            .collect(),
        webhook_url: entry.webhook_url.as_deref(),
        webhook_failover_url: entry.webhook_failover_url.as_deref(),
        received_at: wire_time(entry.accepted_at),
        sent_at: time_of(facts, |status| status == Status::Sent),
        completed_at: time_of(facts, |status| status != Status::Sent),
        valid_until: now
            .is_none()
            .then(|| wire_time(entry.accepted_at + TimeDelta::hours(1))),
        wait_seconds: 0.0,
        tcr_campaign_billable: true,
        tcr_campaign_id: Some("CSIM001"),
        tcr_campaign_registered: Some("REGISTERED"),
    }
}

impl Outbound<'_> {
    /// The same with a status that no document lists.
    pub(crate) fn with_status(mut self, status: &'static str) -> Self {
        self.to.iter_mut().for_each(|to| to.status = Some(status));
        self
    }
}

/// The document names the digest of received media `hash_sha256`; none is told here.
#[derive(Debug, Serialize)]
struct ReceivedMedia<'a> {
    url: &'a str,
    content_type: &'a str,
    size: u64,
}

/// A received message; `webhook_url` is where the profile wants it.
pub(crate) fn inbound<'a>(
    message: &'a InboundMessage,
    webhook_url: Option<&'a str>,
) -> Inbound<'a> {
    let (size, mms) = (parts::count(&message.text), &message.mms);
    let ours = Party {
        status: Some("webhook_delivered"),
        ..Party::ours(&message.to)
    };
    Inbound {
        record_type: "message",
        direction: "inbound",
        id: message.id,
        r#type: if *mms == Mms::default() { "SMS" } else { "MMS" },
        organization_id: ORGANIZATION,
        messaging_profile_id: &message.messaging_profile_id,
        from: Party::person(&message.from),
        to: members(&mms.also_to).chain([ours]).collect(),
        cc: members(&mms.cc).collect(),
        subject: mms.subject.as_deref(),
        text: &message.text,
        media: mms.media.iter().map(ReceivedMedia::from).collect(),
        encoding: size.encoding,
        parts: size.count,
        num_chars: message.text.chars().count(),
        tags: [],
        cost: Some(Money::dollars(0)),
        errors: [],
        autoresponse_type: message.keyword.filter(|_| message.autoresponse),
        received_at: wire_time(message.received_at),
        sent_at: None,
        completed_at: None,
        valid_until: None,
        webhook_url,
        webhook_failover_url: None,
    }
}

fn members(phones: &[String]) -> impl Iterator<Item = Party<'_>> {
    phones.iter().map(|phone| Party {
        status: Some("delivered"),
        ..Party::person(phone)
    })
}

impl<'a> From<&'a MediaFile> for ReceivedMedia<'a> {
    fn from(file: &'a MediaFile) -> Self {
        Self {
            url: &file.url,
            content_type: &file.content_type,
            size: file.size,
        }
    }
}

fn time_of(facts: &[Fact], wanted: fn(Status) -> bool) -> Option<String> {
    facts
        .iter()
        .rev()
        .find(|fact| wanted(fact.status))
        .map(|fact| wire_time(fact.at))
}

fn receipt_error(code: u32) -> WireError {
    ApiError::new(code, "The simulated carrier reported this failure.")
        .at("to/0/phone_number")
        .wire()
}

impl<'a> Party<'a> {
    fn ours(phone_number: &'a str) -> Self {
        Self {
            phone_number,
            carrier: "Telnyx",
            line_type: "Wireless",
            status: None,
        }
    }

    fn person(phone_number: &'a str) -> Self {
        Self {
            phone_number,
            carrier: "T-MOBILE USA, INC.",
            line_type: "Wireless",
            status: None,
        }
    }
}

impl<'a> Media<'a> {
    fn at(url: &'a str) -> Self {
        Self {
            url,
            content_type: None,
            sha256: None,
            size: None,
        }
    }
}

impl Money {
    fn dollars(ten_thousandths: u64) -> Self {
        let amount = format!(
            "{}.{:04}",
            ten_thousandths / 10_000,
            ten_thousandths % 10_000
        );
        Self {
            amount,
            currency: "USD",
        }
    }
}
