//! The examples of the document, made by the same mapping as real answers, so that they cannot disagree with it.

mod batch;
mod files;
mod numbers;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sms_application::{Candidate, Previewed, Selection};
use sms_domain::case::features::TextFeatures;
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::content::{Attachments, Segmentation, Text};
use sms_domain::decision::{Decided, DecisionRecord, RuleVerdict, Trace, WinningNumber};
use sms_domain::message::{
    Attempts, Billing, ComplianceAction, Decision, Message, MessageParts, Route, Schedule,
    SendPlan, State, Status, Submission,
};
use sms_domain::ports::{
    ApiKey, ApiKeyView, Contract, ConversationView, KeyKind, LastMessage, MessageView, Scope,
};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::{
    ApiKeyId, ConversationId, LeadId, MessageId, OrganizationId, PhoneNumberId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::reason::Reason;
use sms_domain::values::{Health, ProviderAccount, Reservation, SelectionReason};
use uuid::Uuid;

use super::example::{Answer, example};
use super::{
    ConversationResponse, DecisionResponse, EventTableRow, OrganizationTableRow,
    OutgoingNumberSelectionResponse, Paged, PagedResultOfConversationResponse,
    PagedResultOfEventTableRow, PagedResultOfOrganizationTableRow, PagedResultOfSmsEventTableRow,
    PagedResultOfUsageLedgerTableRow, PreviewSmsResponse, SmsEventTableRow, SmsResponse,
    UsageLedgerTableRow, sample_leads, webhook_sample,
};

const CONVERSATION: ConversationId = ConversationId::new(uuid(0xC1));
const LEAD: LeadId = LeadId::new(uuid(0xB1));
const NUMBER: PhoneNumberId = PhoneNumberId::new(uuid(0xD1));
const MESSAGE: MessageId = MessageId::new(uuid(0xE1));
const ORGANIZATION: OrganizationId = OrganizationId::new(uuid(0xA1));
const TEXT: &str = "Hi Ann, this is Acme Roofing. When may we call you? Reply STOP to opt out.";

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x019a_b5f0_8c00_7000_8000_0000_0000_0000 | n)
}

/// The examples of an operation under a contract: of its request and of its answer.
pub(crate) fn examples(operation_id: &str, contract: Contract) -> (Option<Value>, Option<Value>) {
    let (request, answer) = made(operation_id);
    (request, answer.and_then(|answer| answer(contract)))
}

fn made(operation_id: &str) -> (Option<Value>, Option<Answer>) {
    match operation_id {
        "Sms_Send" => (Some(send_request()), example(sms(&queued()))),
        "Sms_SendBatch" => (
            Some(json!({ "items": [send_request()] })),
            example(batch::response(sms(&queued()))),
        ),
        "Sms_SaveDraft" => (Some(send_request()), example(sms(&draft()))),
        "Sms_Preview" => (Some(preview_request()), example(preview())),
        "Sms_UploadMedia" => (None, example(files::uploaded())),
        "Sms_CancelScheduled" => (None, example(sms(&canceled()))),
        "Sms_GetDecision" => (None, example(DecisionResponse::new(MESSAGE, &[record()]))),
        "SmsEvents_GetAllForCurrentUser" => (Some(delivered_since()), example(events())),
        "SmsEvents_GetByLeadId" | "SmsEvents_GetByPhoneNumber" => {
            (Some(json!({ "pageSize": 50 })), example(events()))
        }
        "Events_GetAllForConversation" => (Some(json!({ "pageSize": 50 })), example(history())),
        "Conversations_GetAllForCurrentUser" | "Conversations_GetConversationsByLead" => {
            (Some(json!({ "pageSize": 50 })), example(conversations()))
        }
        "Usage_GetAllForCurrentOrganization" => (Some(json!({ "pageSize": 50 })), example(usage())),
        "Organizations_GetAllApiKeysForCurrentUser" => {
            (Some(json!({ "pageSize": 50 })), example(api_keys()))
        }
        "SmsEvents_GetById" => (None, example(SmsEventTableRow::from(&view()))),
        "PhoneNumbers_GetOutgoingForNewOutbound" => (
            Some(selection_request()),
            example(selection(SelectionReason::LocalArea)),
        ),
        "PhoneNumbers_GetOutgoingForConversation" => (
            Some(json!({})),
            example(selection(SelectionReason::StickyConversation)),
        ),
        "PhoneNumbers_ValidateManualOverride" | "PhoneNumbers_SetConversationOverride" => (
            Some(override_request()),
            example(selection(SelectionReason::ManualOverride)),
        ),
        "PhoneNumbers_ClearConversationOverride" => (
            None,
            example(selection(SelectionReason::StickyConversation)),
        ),
        "Webhooks_Receive" | "Webhooks_ReceiveForAttempt" => (Some(webhook()), None),
        "Health_Live" | "Health_Ready" => (None, example(json!({ "status": "ok" }))),
        other if other.starts_with("WebhookEndpoints_") => webhook_sample::examples(other),
        other => match numbers::examples(other) {
            (None, None) => sample_leads::examples(other),
            found => found,
        },
    }
}

fn sms(message: &Message) -> SmsResponse {
    SmsResponse::from(message)
}

fn send_request() -> Value {
    json!({ "conversationId": CONVERSATION, "text": TEXT, "outboundIdempotencyKey": "order-1042" })
}

fn preview_request() -> Value {
    json!({ "conversationId": CONVERSATION, "text": TEXT, "at": noon() })
}

fn selection_request() -> Value {
    json!({ "leadId": LEAD, "channel": "sms" })
}

fn override_request() -> Value {
    json!({ "fromPhoneNumberId": NUMBER, "selection": { "conversationId": CONVERSATION } })
}

fn webhook() -> Value {
    json!({
        "data": {
            "record_type": "event",
            "event_type": "message.finalized",
            "id": uuid(0xF1),
            "occurred_at": noon(),
            "payload": {
                "id": uuid(0xF2),
                "record_type": "message",
                "to": [{ "phone_number": "+14045550100", "status": "delivered" }],
            },
        },
    })
}

/// A Tuesday noon in New York.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_090_000, 0).unwrap_or_default()
}

fn phone(literal: &str) -> PhoneNumber {
    PhoneNumber::parse(literal).expect("the examples' numbers are literals in E.164")
}

const fn price() -> Money {
    Money::from_micros(20_000)
}

fn route() -> Route {
    Route {
        number_id: NUMBER,
        from: phone("+14045550199"),
        selection: Some(SelectionReason::StickyConversation),
        ten_dlc_campaign_id: Some("C1A2B3D".to_owned()),
        is_warmup: false,
        account: ProviderAccount::new("default"),
        messaging_profile_id: None,
    }
}

fn draft() -> Message {
    let (to, text) = (phone("+14045550100"), Text::new(TEXT));
    let submission = Submission::new(CONVERSATION, LEAD, to, text, noon());
    Message::new(ORGANIZATION, MESSAGE, submission, noon())
}

fn queued() -> Message {
    let mut message = draft().into_parts();
    message.state = State::Queued { retry_at: None };
    message.timeline.queued_at = Some(noon());
    message.route = Some(route());
    message.compliance = Some(ComplianceAction::Allowed);
    message.billing = Billing {
        quote: Some(price()),
        hold: price(),
        status: Some(BillingStatus::Recorded),
    };
    stored(message)
}

fn delivered() -> Message {
    let mut message = queued().into_parts();
    let after = |seconds| Some(noon() + TimeDelta::seconds(seconds));
    message.state = State::Delivered;
    message.timeline.sending_started_at = after(1);
    message.timeline.sent_at = after(2);
    message.timeline.delivered_at = after(4);
    message.timeline.modified_at = noon() + TimeDelta::seconds(4);
    message.provider_message_id = Some("40319ab5-f0c3-4a41-9d3c-7f1f5b0e2c11".to_owned());
    message.attempts = Attempts {
        last: 1,
        counted: 1,
        ..Attempts::default()
    };
    message.billing = Billing {
        quote: Some(price()),
        hold: Money::ZERO,
        status: Some(BillingStatus::Charged),
    };
    stored(message)
}

fn canceled() -> Message {
    let mut message = draft().into_parts();
    let until = noon() + TimeDelta::hours(20);
    message.timeline.scheduled = Some(Schedule {
        until,
        reason: Reason::QuietHours,
    });
    message.timeline.canceled_at = Some(noon() + TimeDelta::minutes(5));
    message.timeline.modified_at = noon() + TimeDelta::minutes(5);
    message.state = State::Canceled(Reason::ClientRequested);
    message.compliance = Some(ComplianceAction::Deferred(Reason::QuietHours));
    stored(message)
}

fn stored(parts: MessageParts) -> Message {
    Message::from_stored(parts).expect("the examples are messages that exist")
}

fn view() -> MessageView {
    MessageView {
        message: delivered(),
        attachments: Attachments::default(),
        lead_name: Some("Ann Lee".to_owned()),
        organization_name: Some("Acme Roofing".to_owned()),
    }
}

fn delivered_since() -> Value {
    json!({
        "pageSize": 50,
        "includeCount": true,
        "filters": [{ "field": "status", "value": "delivered" }],
        "rangeFilters": [{
            "field": "createdAt",
            "greaterThanOrEqual": noon() - TimeDelta::days(1),
            "lessThan": noon() + TimeDelta::days(1),
        }],
    })
}

fn events() -> PagedResultOfSmsEventTableRow {
    Paged::example(SmsEventTableRow::from(&view())).into()
}

fn usage() -> PagedResultOfUsageLedgerTableRow {
    Paged::example(UsageLedgerTableRow::from(&view())).into()
}

fn history() -> PagedResultOfEventTableRow {
    Paged::example(EventTableRow::from(&view())).into()
}

fn conversations() -> PagedResultOfConversationResponse {
    let view = ConversationView {
        id: CONVERSATION,
        lead_id: LEAD,
        lead_name: Some("Ann Lee".to_owned()),
        lead_phone: phone("+14045550100"),
        is_archived: false,
        active_number: Some(NUMBER),
        active_phone: Some(phone("+14045550199")),
        override_number: None,
        last: Some(LastMessage {
            at: noon(),
            text: Some(TEXT.to_owned()),
            status: Status::Delivered,
            status_reason: None,
        }),
    };
    Paged::example(ConversationResponse::from(view)).into()
}

fn api_keys() -> PagedResultOfOrganizationTableRow {
    let key = ApiKey {
        id: ApiKeyId::new(uuid(0xF3)),
        organization_id: ORGANIZATION,
        source_id: None,
        prefix: "lp_live_3fa9c1d2".to_owned(),
        scopes: vec![Scope::SmsWrite, Scope::SmsRead],
        kind: KeyKind::Live,
        contract: Contract::Page,
        expires_at: None,
        revoked_at: None,
        created_at: noon() - TimeDelta::days(30),
        last_used_at: Some(noon()),
    };
    let view = ApiKeyView {
        key,
        organization_name: Some("Acme Roofing".to_owned()),
    };
    Paged::example(OrganizationTableRow::new(view, noon())).into()
}

type Facts = BTreeMap<Cow<'static, str>, Cow<'static, str>>;

fn trace() -> Trace {
    let facts = [("place", "US-GA"), ("local_time", "12:00")];
    let facts = facts.map(|(name, value)| (name.into(), value.into()));
    Trace {
        rules: vec![
            verdict("opt_out", VerdictKind::Allow, BTreeMap::new()),
            verdict("quiet_hours", VerdictKind::Allow, BTreeMap::from(facts)),
        ],
        number: Some(WinningNumber {
            id: NUMBER,
            selection: SelectionReason::StickyConversation,
            detail: None,
        }),
        others: Vec::new(),
        price: price(),
        earliest: None,
        rules_version: "0.1.0".to_owned(),
    }
}

fn verdict(rule: &'static str, verdict: VerdictKind, facts: Facts) -> RuleVerdict {
    RuleVerdict {
        rule: rule.into(),
        verdict,
        reason: None,
        until: None,
        facts,
        findings: Vec::new(),
    }
}

fn record() -> DecisionRecord {
    DecisionRecord {
        at: noon(),
        outcome: "send".to_owned(),
        reason: None,
        trace: trace(),
        others_count: 0,
        waits_for: None,
    }
}

fn preview() -> PreviewSmsResponse {
    let plan = SendPlan {
        route: route(),
        price: price(),
        hold: price(),
        billing: BillingStatus::Recorded,
        reservation: Reservation {
            number_id: NUMBER,
            hour_start: noon(),
            hour_limit: None,
            day_start: noon(),
            day_limit: None,
            campaign: None,
        },
        counts_for_caps: true,
        text: None,
        segments: 1,
        due_at: noon(),
    };
    let decided = Decided {
        decision: Decision::Send(Box::new(plan)),
        trace: trace(),
        features: TextFeatures::default(),
    };
    (&Previewed {
        at: noon(),
        decided,
        segmentation: Segmentation::of(TEXT),
    })
        .into()
}

fn selection(selection: SelectionReason) -> OutgoingNumberSelectionResponse {
    let number = Candidate {
        id: NUMBER,
        phone: phone("+14045550199"),
        health: Health::Healthy,
        selection,
        campaign_id: None,
        source_id: None,
    };
    let choice = Selection {
        chosen: Some(number.clone()),
        eligible: vec![number],
        obstacle: None,
        is_manual: selection == SelectionReason::ManualOverride,
        campaign_id: None,
        source_id: None,
    };
    OutgoingNumberSelectionResponse::new(&choice, ORGANIZATION)
}
