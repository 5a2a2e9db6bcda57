//! What a message cost, in the published shape of the usage ledger.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::message::TrafficType;
use sms_domain::ports::MessageView;
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::{MessageId, PhoneNumberId};

use super::sms_event::IdNamePair;
use super::wire::{Amount, Id, Integer, Name, Names};

/// What one message cost.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageLedgerTableRow {
    /// The message; the smsEventId of other operations.
    pub(crate) id: Id<MessageId>,
    /// The organization that pays.
    #[oai(nullable)]
    pub(crate) organization: Option<IdNamePair>,
    /// The member of staff; keys belong to organizations.
    #[oai(nullable)]
    pub(crate) user: Option<IdNamePair>,
    /// The lead at the other end.
    #[oai(nullable)]
    pub(crate) lead: Option<IdNamePair>,
    /// The number that sends or sent.
    #[oai(nullable)]
    pub(crate) phone_number_id: Option<Id<PhoneNumberId>>,
    /// The number that sends or sent, in E.164.
    #[oai(nullable)]
    pub(crate) phone_number: Option<String>,
    /// What was used: sms, or warmup.
    pub(crate) channel: Name<UsageChannel>,
    /// The unit that has a price.
    pub(crate) billable_unit: Name<BillableUnit>,
    /// Where the message stands with money.
    pub(crate) status: Name<UsageStatus>,
    /// How many units: segments.
    pub(crate) quantity: f64,
    /// Seconds of a call.
    #[oai(nullable)]
    pub(crate) duration_seconds: Option<i32>,
    /// Seconds of a call that are paid for.
    #[oai(nullable)]
    pub(crate) billable_seconds: Option<i32>,
    /// Segments of the text.
    #[oai(nullable)]
    pub(crate) sms_segments: Option<Integer>,
    /// The price of a segment in US dollars.
    pub(crate) unit_price: Amount,
    /// What was or will be charged in US dollars; zero when nothing is.
    pub(crate) customer_charge_amount: Amount,
    /// Whether it is charged.
    pub(crate) is_billable: bool,
    /// What was used, in words.
    #[oai(nullable)]
    pub(crate) description: Option<String>,
    /// When the message was accepted.
    pub(crate) created_at: DateTime<Utc>,
}

/// Where usage stands with money, by the published names; invoices are not written here.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub(crate) struct UsageStatus(pub(super) BillingStatus);

impl Names for UsageStatus {
    fn names() -> Vec<&'static str> {
        vec![
            "recorded",
            "rated",
            "pending_invoice",
            "invoiced",
            "charged",
            "failed",
            "refunded_credited",
            "non_billable_internal",
            "blocked_due_to_billing",
        ]
    }
}

/// What is used, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UsageChannel {
    /// A text.
    Sms,
    /// A text with files.
    Mms,
    /// A text of a number's warm-up.
    Warmup,
}

impl Names for UsageChannel {
    fn names() -> Vec<&'static str> {
        vec![
            "lead",
            "sms",
            "mms",
            "email",
            "voice",
            "phone_number",
            "warmup",
            "website",
            "openai",
            "domain",
            "10dlc",
            "payment",
            "connection",
            "automation",
        ]
    }
}

/// What has a price, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BillableUnit {
    /// A segment of a text.
    SmsSegment,
    /// A text with files.
    MmsMessage,
    /// A segment of a text of a number's warm-up.
    WarmupSmsSegment,
}

impl Names for BillableUnit {
    fn names() -> Vec<&'static str> {
        vec![
            "lead_received",
            "phone_identity_lookup",
            "sms_segment",
            "mms_message",
            "email_message",
            "voice_minute",
            "phone_number_month",
            "warmup_sms_segment",
            "warmup_voice_minute",
            "website_setup",
            "openai_operation",
            "domain_registration",
            "10dlc_application",
            "10dlc_campaign_month",
            "payment_processing_fee",
            "connection_action",
            "automation_run",
        ]
    }
}

impl From<&MessageView> for UsageLedgerTableRow {
    fn from(view: &MessageView) -> Self {
        let message = &view.message;
        let (submission, route) = (&message.submission, message.route.as_ref());
        let status = message.billing.status;
        let status = status.unwrap_or(BillingStatus::NonBillableInternal);
        let quote = message.billing.quote.unwrap_or(Money::ZERO);
        let segments = submission.segments;
        let (channel, billable_unit) = kind_of(submission.traffic, submission.is_mms());
        let quantity = if billable_unit == BillableUnit::MmsMessage {
            1
        } else {
            segments
        };
        let unit = quote.micros() / i64::from(quantity.max(1));
        Self {
            id: Id(message.id),
            organization: Some(IdNamePair {
                id: message.organization_id.to_string(),
                name: view.organization_name.clone().unwrap_or_default(),
            }),
            user: None,
            lead: Some(IdNamePair {
                id: submission.lead_id.to_string(),
                name: view.lead_name.clone().unwrap_or_default(),
            }),
            phone_number_id: route.map(|route| Id(route.number_id)),
            phone_number: route.map(|route| route.from.as_str().to_owned()),
            channel: Name(channel),
            billable_unit: Name(billable_unit),
            status: Name(UsageStatus(status)),
            quantity: f64::from(quantity),
            duration_seconds: None,
            billable_seconds: None,
            sms_segments: Some(segments.into()),
            unit_price: Money::from_micros(unit).into(),
            customer_charge_amount: if is_charged(status) {
                quote
            } else {
                Money::ZERO
            }
            .into(),
            is_billable: is_charged(status),
            description: Some(format!("A text of {segments} segments")),
            created_at: message.timeline.created_at,
        }
    }
}

/// What a message of this traffic, with files or without, uses, and the unit of it that has a price.
pub(super) fn kind_of(traffic: TrafficType, is_mms: bool) -> (UsageChannel, BillableUnit) {
    if traffic == TrafficType::Warmup {
        (UsageChannel::Warmup, BillableUnit::WarmupSmsSegment)
    } else if is_mms {
        (UsageChannel::Mms, BillableUnit::MmsMessage)
    } else {
        (UsageChannel::Sms, BillableUnit::SmsSegment)
    }
}

/// Whether the price is or will be taken.
pub(super) const fn is_charged(status: BillingStatus) -> bool {
    match status {
        BillingStatus::Recorded | BillingStatus::Rated | BillingStatus::Charged => true,
        BillingStatus::RefundedCredited
        | BillingStatus::NonBillableInternal
        | BillingStatus::BlockedDueToBilling
        | BillingStatus::Failed => false,
    }
}
