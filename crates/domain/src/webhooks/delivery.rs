//! One event for one endpoint: what is posted, what an answer means, and when a call is repeated.

use chrono::{DateTime, TimeDelta, Utc};

use super::{SecretRef, SwitchOff, WebhookEvent};
use crate::values::ids::{OrganizationId, WebhookEndpointId};

/// The waits between two calls for the same event.
const WAITS: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(10),
];

/// How often an event is posted at most.
pub const TRIES: usize = WAITS.len() + 1;

/// How long every call of an endpoint must have failed until it is switched off.
pub const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(5);

/// The fewest failures in a row after which an endpoint is switched off: more than those of one event.
const FEWEST_FAILURES: i32 = 10;

/// The answer by which a receiver says that it wants no more calls.
const GONE: u16 = 410;

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub organization_id: OrganizationId,
    pub endpoint_id: WebhookEndpointId,
    /// Where to.
    pub url: String,
    pub secret: SecretRef,
    pub event: WebhookEvent,
    /// The event's number among those of its message, from 1; `None` if it is about no message.
    pub number: Option<i32>,
    /// Calls that failed so far.
    pub tries: i16,
}

/// What became of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The receiver took the event.
    Taken,
    /// The call is repeated.
    Again(DateTime<Utc>),
    /// The event is not posted again, unless somebody asks for it.
    GivenUp,
    /// The receiver wants no more calls.
    Gone,
}

impl Delivery {
    /// The outcome of a call that ended at `now`; `status` is that of the answer, if there was one. A
    /// redirect is a failure: the endpoint's address has to be changed.
    #[must_use]
    pub fn outcome(&self, status: Option<u16>, now: DateTime<Utc>) -> DeliveryOutcome {
        match status {
            Some(200..=299) => DeliveryOutcome::Taken,
            Some(GONE) => DeliveryOutcome::Gone,
            Some(_) | None => {
                next_try(self.tries, now).map_or(DeliveryOutcome::GivenUp, DeliveryOutcome::Again)
            }
        }
    }
}

/// When an event is posted again after `tries` earlier failures and one at `now`; `None` = no more.
#[must_use]
pub fn next_try(tries: i16, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let wait = WAITS.get(usize::try_from(tries).ok()?)?;
    now.checked_add_signed(*wait)
}

/// How long events are kept.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// Why the events of a span are not posted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanFault {
    /// The span is empty.
    #[error("must be before until")]
    Empty,
    /// The events of its beginning are not kept any more.
    #[error("must not be longer ago than events are kept: {} days", KEPT.num_days())]
    TooOld,
}

/// The span from `since` until before `until`, which is `now` if it is not given.
///
/// # Errors
/// [`SpanFault`].
pub fn replayed_span(
    since: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), SpanFault> {
    let until = until.unwrap_or(now);
    if since >= until {
        return Err(SpanFault::Empty);
    }
    if now.signed_duration_since(since) > KEPT {
        return Err(SpanFault::TooOld);
    }
    Ok((since, until))
}

impl SwitchOff {
    /// Whether an endpoint is given up whose calls have failed since an instant, so many of them.
    #[must_use]
    pub fn after(
        failing_since: Option<DateTime<Utc>>,
        failures: i32,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let failing_for = now.signed_duration_since(failing_since?);
        (failures >= FEWEST_FAILURES && failing_for >= GIVEN_UP_AFTER).then_some(Self::Failing)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::webhooks::WebhookKind;

    fn now() -> DateTime<Utc> {
        "2026-12-01T17:00:00Z".parse().unwrap()
    }

    fn delivery(tries: i16) -> Delivery {
        let organization_id = OrganizationId::new(Uuid::from_u128(1));
        let endpoint_id = WebhookEndpointId::new(Uuid::from_u128(2));
        Delivery {
            organization_id,
            endpoint_id,
            url: "https://hooks.acme.com/".to_owned(),
            secret: SecretRef {
                endpoint_id,
                generation: 1,
                key_mark: 0,
            },
            event: WebhookEvent {
                data: json!({}),
                ..WebhookEvent::test(organization_id, endpoint_id, now())
            },
            number: None,
            tries,
        }
    }

    #[test]
    fn an_event_is_posted_eight_times_within_28_hours() {
        let (mut at, mut tries) = (now(), 0);
        let mut waits = Vec::new();
        while let Some(next) = next_try(tries, at) {
            waits.push((next - at).num_seconds());
            (at, tries) = (next, tries + 1);
        }
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
        assert_eq!(waits.len() + 1, TRIES);
        assert_eq!(
            delivery(tries).outcome(Some(500), at),
            DeliveryOutcome::GivenUp
        );
    }

    #[test]
    fn only_a_success_counts_as_taken() {
        let again = DeliveryOutcome::Again(now() + TimeDelta::seconds(5));
        for (status, outcome) in [
            (Some(200), DeliveryOutcome::Taken),
            (Some(204), DeliveryOutcome::Taken),
            (Some(299), DeliveryOutcome::Taken),
            (Some(302), again),
            (Some(400), again),
            (Some(410), DeliveryOutcome::Gone),
            (Some(429), again),
            (Some(500), again),
            (None, again),
        ] {
            assert_eq!(delivery(0).outcome(status, now()), outcome, "{status:?}");
        }
    }

    #[test]
    fn an_endpoint_is_given_up_after_five_days_without_a_success() {
        let since = Some(now() - GIVEN_UP_AFTER);
        let later = Some(now() - GIVEN_UP_AFTER + TimeDelta::seconds(1));
        assert_eq!(SwitchOff::after(since, 10, now()), Some(SwitchOff::Failing));
        assert_eq!(SwitchOff::after(later, 10_000, now()), None);
        // One event alone does not switch it off, however long ago it was.
        assert_eq!(SwitchOff::after(since, 9, now()), None);
        assert_eq!(SwitchOff::after(None, 0, now()), None);
    }

    #[test]
    fn a_span_has_a_length_and_is_still_on_record() {
        let day = TimeDelta::days(1);
        let span = |since, until| replayed_span(since, until, now());
        assert_eq!(span(now() - KEPT, None), Ok((now() - KEPT, now())));
        let until = Some(now() - day);
        assert_eq!(
            span(now() - day * 2, until),
            Ok((now() - day * 2, now() - day))
        );
        assert_eq!(span(now() - day, until), Err(SpanFault::Empty));
        assert_eq!(span(now(), None), Err(SpanFault::Empty));
        assert_eq!(span(now() - KEPT - day, None), Err(SpanFault::TooOld));
    }

    #[test]
    fn a_body_has_its_kind_time_and_number() {
        let mut delivery = delivery(0);
        delivery.event.kind = WebhookKind::MessageStatus;
        delivery.event.data = json!({ "status": "sent" });
        delivery.number = Some(3);
        let body: serde_json::Value = serde_json::from_slice(&delivery.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "type": "message.status",
                "timestamp": "2026-12-01T17:00:00Z",
                "data": { "status": "sent", "sequence": 3 },
            })
        );
    }
}
