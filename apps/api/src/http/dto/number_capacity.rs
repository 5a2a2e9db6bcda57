//! What is left of a number's capacity, in the published shape. This service places no calls, so that what is
//! about calls is zero.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::numbers::{NumberStanding, Readiness, WindowStanding};
use sms_domain::ports::{NumberList, RegisteredNumber};
use sms_domain::values::Health;
use sms_domain::values::ids::PhoneNumberId;

use super::outgoing_number::health;
use super::phone_number::standing;
use super::wire::{Id, Integer, Name};

/// What is left of a number's capacity. A limit that is null does not exist, and what is left of it is null.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutboundPhoneNumberCapacity {
    /// Whether a message could leave now.
    pub(crate) capacity_available: bool,
    /// The number.
    #[oai(nullable)]
    pub(crate) phone_number_id: Option<Id<PhoneNumberId>>,
    /// The number in E.164.
    #[oai(nullable)]
    pub(crate) phone_number: Option<String>,
    /// Its health.
    pub(crate) health_status: Name<Health>,
    /// What a person should know about its health.
    #[oai(nullable)]
    pub(crate) health_reason: Option<String>,
    /// Whether carriers accept its registration.
    pub(crate) sms_approved: bool,
    /// Whether its warm-up is under way.
    pub(crate) sms_ramping: bool,
    /// Null: messages that exceed the pace of a minute wait, and are not counted.
    #[oai(nullable)]
    pub(crate) sms_remaining_this_minute: Option<Integer>,
    /// Null: messages that exceed the pace of a minute wait, and are not counted.
    #[oai(nullable)]
    pub(crate) sms_used_this_minute: Option<Integer>,
    /// The pace: messages in a minute.
    #[oai(nullable)]
    pub(crate) sms_limit_this_minute: Option<Integer>,
    /// Null: messages that exceed the pace of a minute wait, and are not counted.
    #[oai(nullable)]
    pub(crate) sms_minutely_resets_at: Option<DateTime<Utc>>,
    /// Messages that are left of the day.
    #[oai(nullable)]
    pub(crate) sms_remaining_today: Option<Integer>,
    /// Messages of the day.
    pub(crate) sms_used_today: Integer,
    /// The most messages in a day; during a warm-up those of its step.
    #[oai(nullable)]
    pub(crate) sms_limit_today: Option<Integer>,
    /// When the day ends.
    #[oai(nullable)]
    pub(crate) sms_daily_resets_at: Option<DateTime<Utc>>,
    /// Messages that are left of the hour.
    #[oai(nullable)]
    pub(crate) sms_remaining_this_hour: Option<Integer>,
    /// Messages of the hour.
    pub(crate) sms_used_this_hour: Integer,
    /// The most messages in an hour.
    #[oai(nullable)]
    pub(crate) sms_limit_this_hour: Option<Integer>,
    /// When the hour ends.
    #[oai(nullable)]
    pub(crate) sms_hourly_resets_at: Option<DateTime<Utc>>,
    /// Whether its calls are under warm-up: never.
    pub(crate) voice_ramping: bool,
    /// Calls that are left of the minute: none.
    pub(crate) voice_remaining_this_minute: Integer,
    /// Calls of the minute: none.
    pub(crate) voice_used_this_minute: Integer,
    /// The most calls in a minute: none.
    pub(crate) voice_limit_this_minute: Integer,
    /// Null, as there are no calls.
    #[oai(nullable)]
    pub(crate) voice_minutely_resets_at: Option<DateTime<Utc>>,
    /// Calls that are left of the day: none.
    pub(crate) voice_remaining_today: Integer,
    /// Calls of the day: none.
    pub(crate) voice_used_today: Integer,
    /// The most calls in a day: none.
    pub(crate) voice_limit_today: Integer,
    /// Null, as there are no calls.
    #[oai(nullable)]
    pub(crate) voice_daily_resets_at: Option<DateTime<Utc>>,
    /// Calls that are left of the hour: none.
    pub(crate) voice_remaining_this_hour: Integer,
    /// Calls of the hour: none.
    pub(crate) voice_used_this_hour: Integer,
    /// The most calls in an hour: none.
    pub(crate) voice_limit_this_hour: Integer,
    /// Null, as there are no calls.
    #[oai(nullable)]
    pub(crate) voice_hourly_resets_at: Option<DateTime<Utc>>,
}

fn left(window: &WindowStanding) -> Option<Integer> {
    window.left().map(Integer::from)
}

fn none() -> Integer {
    0.into()
}

impl OutboundPhoneNumberCapacity {
    /// The capacity of a number of the list's organization.
    pub(crate) fn new(list: &NumberList, number: &RegisteredNumber, now: DateTime<Utc>) -> Self {
        let (facts, standing) = (&number.facts, standing(list, number, now));
        let NumberStanding { hour, day, .. } = standing;
        let (.., warning) = health(facts.health);
        let is_ready = match standing.readiness {
            Readiness::Paused | Readiness::Blocked => false,
            Readiness::NotStarted | Readiness::InProgress | Readiness::Ready => true,
        };
        Self {
            capacity_available: is_ready && standing.possible() != Some(0),
            phone_number_id: Some(Id(facts.id)),
            phone_number: Some(facts.phone.as_str().to_owned()),
            health_status: Name(facts.health),
            health_reason: warning.map(str::to_owned),
            sms_approved: standing.is_registered,
            sms_ramping: standing.is_warming_up,
            sms_remaining_this_minute: None,
            sms_used_this_minute: None,
            sms_limit_this_minute: facts.minute_limit.map(Integer::from),
            sms_minutely_resets_at: None,
            sms_remaining_today: left(&day),
            sms_used_today: day.used.into(),
            sms_limit_today: day.limit.map(Integer::from),
            sms_daily_resets_at: Some(day.resets_at),
            sms_remaining_this_hour: left(&hour),
            sms_used_this_hour: hour.used.into(),
            sms_limit_this_hour: hour.limit.map(Integer::from),
            sms_hourly_resets_at: Some(hour.resets_at),
            voice_ramping: false,
            voice_remaining_this_minute: none(),
            voice_used_this_minute: none(),
            voice_limit_this_minute: none(),
            voice_minutely_resets_at: None,
            voice_remaining_today: none(),
            voice_used_today: none(),
            voice_limit_today: none(),
            voice_daily_resets_at: None,
            voice_remaining_this_hour: none(),
            voice_used_this_hour: none(),
            voice_limit_this_hour: none(),
            voice_hourly_resets_at: None,
        }
    }
}
