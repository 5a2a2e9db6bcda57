//! What an organization can send today, and what waits, in the published shape.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::message::{Message, State, TrafficType};
use sms_domain::ports::{NumberList, QueueOverview};
use sms_domain::values::Health;
use sms_domain::values::ids::MessageId;
use sms_domain::values::reason::Reason;

use super::number_capacity::OutboundPhoneNumberCapacity;
use super::phone_number::standing;
use super::wire::{Id, Integer, Name, Names};

/// What an organization can send today, and what waits.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutboundCapacityOverview {
    /// Messages that its numbers can still send today; null where a number has no limit.
    #[oai(nullable)]
    pub(crate) sms_capacity_remaining_today: Option<Integer>,
    /// Calls that it can still place today: none.
    pub(crate) voice_capacity_remaining_today: Integer,
    /// Numbers without trouble.
    pub(crate) healthy_phone_numbers: Integer,
    /// Numbers that are used less, after some trouble.
    pub(crate) limited_phone_numbers: Integer,
    /// Numbers that rest after trouble.
    pub(crate) cooling_phone_numbers: Integer,
    /// Numbers under warm-up.
    pub(crate) ramping_phone_numbers: Integer,
    /// Messages that are scheduled; at most 10,000 are counted.
    pub(crate) scheduled_count: Integer,
    /// Messages that rules refuse; null, as they are not counted.
    #[oai(nullable)]
    pub(crate) blocked_count: Option<Integer>,
    /// What is left of each number's capacity.
    pub(crate) phone_numbers: Vec<OutboundPhoneNumberCapacity>,
    /// The messages that were decided last and still wait, the latest first; at most 20.
    pub(crate) recent_decisions: Vec<OutboundQueueItem>,
}

/// A message that waits.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutboundQueueItem {
    /// The message.
    #[oai(nullable)]
    pub(crate) id: Option<Id<MessageId>>,
    /// How it goes out: sms.
    pub(crate) channel: Name<DeliveryChannel>,
    /// What asked for it.
    pub(crate) source: Name<DeliverySource>,
    /// Where it stands.
    pub(crate) status: Name<DeliveryStatus>,
    /// The code of the reason for waiting.
    #[oai(nullable)]
    pub(crate) reason_code: Option<Name<Reason>>,
    /// The reason as a sentence.
    #[oai(nullable)]
    pub(crate) reason: Option<String>,
    /// The instant that it waits for.
    #[oai(nullable)]
    pub(crate) scheduled_send_at: Option<DateTime<Utc>>,
    /// The number that is to send it, if one was chosen.
    #[oai(nullable)]
    pub(crate) phone_number: Option<String>,
}

macro_rules! published {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident),+ $(,)? } of $all:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($variant),+ }

        impl Names for $name {
            fn names() -> Vec<&'static str> {
                $all.to_vec()
            }
        }
    )+};
}

published! {
    /// How messages go out, by the published names; this service sends SMS.
    DeliveryChannel { Sms } of ["sms", "voice", "email", "webhook", "internal_notification"];
    /// What asks for messages, by the published names; those that occur here.
    DeliverySource { Api, SystemNotification, Warmup, Retry } of [
        "manual", "automation", "campaign", "import", "api", "system_notification", "warmup", "retry",
    ];
    /// Where a message stands, by the published names; those that occur here.
    DeliveryStatus { Scheduled, Reserved } of [
        "pending", "scheduled", "reserved", "sending", "sent", "failed", "skipped", "blocked",
        "cancelled",
    ];
}

impl OutboundCapacityOverview {
    /// The overview of the list's organization.
    pub(crate) fn new(list: &NumberList, queue: &QueueOverview, now: DateTime<Utc>) -> Self {
        let numbers = || list.numbers.iter();
        let of_health = |health: &[Health]| {
            counted(
                numbers()
                    .filter(|one| health.contains(&one.facts.health))
                    .count(),
            )
        };
        let standings = || numbers().map(|number| standing(list, number, now));
        Self {
            sms_capacity_remaining_today: standings()
                .map(|standing| match standing.possible() {
                    Some(0) => Some(0),
                    _ => standing.day.left(),
                })
                .try_fold(0_u32, |sum, left| Some(sum.saturating_add(left?)))
                .map(Integer::from),
            voice_capacity_remaining_today: 0.into(),
            healthy_phone_numbers: of_health(&[Health::Healthy, Health::New, Health::Unknown]),
            limited_phone_numbers: of_health(&[Health::Limited]),
            cooling_phone_numbers: of_health(&[Health::CoolingDown]),
            ramping_phone_numbers: counted(standings().filter(|one| one.is_warming_up).count()),
            scheduled_count: queue.scheduled.into(),
            blocked_count: None,
            phone_numbers: numbers()
                .map(|number| OutboundPhoneNumberCapacity::new(list, number, now))
                .collect(),
            recent_decisions: queue.recent.iter().map(OutboundQueueItem::from).collect(),
        }
    }
}

fn counted(count: usize) -> Integer {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

impl From<&Message> for OutboundQueueItem {
    fn from(message: &Message) -> Self {
        let schedule = if let State::Scheduled(schedule) = message.state {
            Some(schedule)
        } else {
            None
        };
        let route = message.route.as_ref();
        Self {
            id: Some(Id(message.id)),
            channel: Name(DeliveryChannel::Sms),
            source: Name(source(message)),
            status: Name(if schedule.is_some() {
                DeliveryStatus::Scheduled
            } else {
                DeliveryStatus::Reserved
            }),
            reason_code: schedule.map(|schedule| Name(schedule.reason)),
            reason: message.status_reason.clone(),
            scheduled_send_at: schedule
                .filter(|schedule| schedule.has_end())
                .map(|schedule| schedule.until)
                .or(message.next_retry_at()),
            phone_number: route.map(|route| route.from.as_str().to_owned()),
        }
    }
}

fn source(message: &Message) -> DeliverySource {
    match message.submission.traffic {
        TrafficType::SystemInternal => DeliverySource::SystemNotification,
        TrafficType::Warmup => DeliverySource::Warmup,
        _ if message.attempts.last > 0 => DeliverySource::Retry,
        TrafficType::RealLead | TrafficType::Test | TrafficType::FailedAttempt => {
            DeliverySource::Api
        }
    }
}
