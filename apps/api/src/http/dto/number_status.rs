//! How a number stands and what it did lately, in the published shape.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::numbers::{Readiness, ReputationEvent};
use sms_domain::ports::{HarmfulEvent, NumberHistory, NumberList, RegisteredNumber};
use sms_domain::values::ids::PhoneNumberId;

use super::number_capacity::OutboundPhoneNumberCapacity;
use super::number_traffic::{
    PhoneNumberOptOutMetricsResponse, PhoneNumberTrafficMetricsResponse, Window, is_opt_out,
    opt_outs, traffic,
};
use super::outgoing_number::{HealthStatus, health};
use super::phone_number::{score, standing};
use super::wire::{Id, Integer, Name};

/// The most recent events that are shown.
const SHOWN_EVENTS: usize = 20;

/// How a number stands, and what it did in a span of days.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberStatusResponse {
    /// The number in E.164.
    pub(crate) number: String,
    /// How many messages could leave now; null where no limit holds.
    #[oai(nullable)]
    pub(crate) messages_possible: Option<Integer>,
    /// How many calls could be placed: none.
    pub(crate) calls_possible: Integer,
    /// Its warm-up.
    #[oai(nullable)]
    pub(crate) sms_warmup: Option<SmsReadinessStatusResponse>,
    /// What is left of its capacity.
    #[oai(nullable)]
    pub(crate) outbound_capacity: Option<OutboundPhoneNumberCapacity>,
    /// Who opted out.
    pub(crate) opt_out_metrics: PhoneNumberOptOutMetricsResponse,
    /// What it sent.
    pub(crate) traffic_metrics: PhoneNumberTrafficMetricsResponse,
    /// What harmed its reputation, the latest first; at most 20.
    pub(crate) recent_events: Vec<PhoneNumberMessagingEventResponse>,
}

/// The warm-up of a number.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SmsReadinessStatusResponse {
    /// The number.
    pub(crate) phone_number_id: Id<PhoneNumberId>,
    /// The number in E.164.
    pub(crate) phone_number: String,
    /// Where it stands.
    pub(crate) status: Name<Readiness>,
    /// How well its messages arrive.
    pub(crate) health_status: Name<HealthStatus>,
    /// Its health in points, 0 (switched off) to 100 (healthy); null while nothing is known.
    #[oai(nullable)]
    pub(crate) health_score: Option<Integer>,
    /// How far its warm-up is, 0 to 100; 100 without one.
    pub(crate) progress_percent: Integer,
    /// Whether it is under warm-up.
    pub(crate) warmup_enabled: bool,
    /// The same in words.
    pub(crate) ui_state: SmsReadinessUiState,
}

/// Where a number stands, in words.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SmsReadinessUiState {
    /// Where it stands.
    pub(crate) label: Name<Readiness>,
    /// How serious it is: neutral, info, success, warning or danger.
    pub(crate) tone: String,
    /// The same as a sentence.
    pub(crate) description: String,
}

/// What harmed a number's reputation.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberMessagingEventResponse {
    /// What it is about, such as a message.
    pub(crate) id: String,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
    /// What, in a few words.
    pub(crate) label: String,
    /// What: undelivered, refused, spam_block, spam_block_for_good or opt_out.
    pub(crate) event_type: Name<ReputationEvent>,
    /// Which way the message went: inbound for an opt-out.
    pub(crate) direction: String,
    /// The number that sent; null for an opt-out, whose sender is the person.
    #[oai(nullable)]
    pub(crate) from_phone_number: Option<String>,
    /// The number that received; null for a message to a person.
    #[oai(nullable)]
    pub(crate) to_phone_number: Option<String>,
    /// What it said; null, as the message has it.
    #[oai(nullable)]
    pub(crate) text_preview: Option<String>,
    /// Whether the person opted out.
    pub(crate) is_opt_out: bool,
}

impl PhoneNumberStatusResponse {
    /// The status of a number of the list's organization, with its history in a window.
    pub(crate) fn new(
        list: &NumberList,
        number: &RegisteredNumber,
        history: &NumberHistory,
        window: Window,
        now: DateTime<Utc>,
    ) -> Self {
        let standing = standing(list, number, now);
        let (health_status, ..) = health(number.facts.health);
        let phone = number.facts.phone.as_str();
        Self {
            number: phone.to_owned(),
            messages_possible: standing.possible().map(Integer::from),
            calls_possible: 0.into(),
            sms_warmup: Some(SmsReadinessStatusResponse {
                phone_number_id: Id(number.facts.id),
                phone_number: phone.to_owned(),
                status: Name(standing.readiness),
                health_status: Name(health_status),
                health_score: score(number.facts.health),
                progress_percent: standing.warm_up_percent.into(),
                warmup_enabled: standing.is_warming_up,
                ui_state: SmsReadinessUiState::new(standing.readiness),
            }),
            outbound_capacity: Some(OutboundPhoneNumberCapacity::new(list, number, now)),
            opt_out_metrics: opt_outs(history, window),
            traffic_metrics: traffic(history, window),
            recent_events: (history.events.iter().take(SHOWN_EVENTS))
                .map(|event| PhoneNumberMessagingEventResponse::new(event, phone))
                .collect(),
        }
    }
}

impl SmsReadinessUiState {
    fn new(readiness: Readiness) -> Self {
        let (tone, description) = match readiness {
            Readiness::NotStarted => ("neutral", "Nothing was sent from this number yet."),
            Readiness::InProgress => ("info", "This number sends a little more every few days."),
            Readiness::Paused => ("warning", "Sending is paused."),
            Readiness::Blocked => (
                "danger",
                "This number is disabled, not registered, resting or suspended.",
            ),
            Readiness::Ready => ("success", "This number sends."),
        };
        Self {
            label: Name(readiness),
            tone: tone.to_owned(),
            description: description.to_owned(),
        }
    }
}

impl PhoneNumberMessagingEventResponse {
    fn new(event: &HarmfulEvent, phone: &str) -> Self {
        let is_opt_out = is_opt_out(event);
        let label = match event.kind {
            ReputationEvent::Undelivered => "Not delivered",
            ReputationEvent::Refused => "Refused by the carrier",
            ReputationEvent::SpamBlock => "Stopped by a spam filter",
            ReputationEvent::SpamBlockForGood => "Blocked as spam for good",
            ReputationEvent::OptOut => "Opted out",
        };
        let own = |is_own: bool| is_own.then(|| phone.to_owned());
        Self {
            id: event.reference.clone(),
            created_at: event.at,
            label: label.to_owned(),
            event_type: Name(event.kind),
            direction: if is_opt_out { "inbound" } else { "outbound" }.to_owned(),
            from_phone_number: own(!is_opt_out),
            to_phone_number: own(is_opt_out),
            text_preview: None,
            is_opt_out,
        }
    }
}
