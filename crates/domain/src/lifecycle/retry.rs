//! When a message is retried after a definite non-send, and how long an unknown outcome may last.
//! Must not know the provider: its codes are already classified.

use chrono::{DateTime, TimeDelta, Utc};

use crate::carrier::{Refusal, RefusalClass};
use crate::message::{FollowUp, Message, TrafficType, backoff};
use crate::values::reason::Reason;

/// Deadlines of calls and unknown outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// The time from the commit of an attempt until its call counts as lost. It is longer than the
    /// time-out of the call.
    pub call: TimeDelta,
    /// The time from a lost call until it is given up, where the account enforces idempotency keys.
    pub unknown_with_idempotency: TimeDelta,
    /// The same for other accounts: the provider may hold a message for four hours before sending
    /// it.
    pub unknown: TimeDelta,
    /// The time between two resends of the stored bytes.
    pub resend_every: TimeDelta,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            call: TimeDelta::seconds(30),
            unknown_with_idempotency: TimeDelta::minutes(15),
            unknown: TimeDelta::minutes(255),
            resend_every: TimeDelta::seconds(30),
        }
    }
}

/// The provider keeps data about a message for ten days.
pub const RECONCILE_WITHIN: TimeDelta = TimeDelta::days(10);

/// The time after which a receipt is overdue, and the provider is asked for the first time.
const RECEIPT_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// When the provider is asked again about a message that was sent at `since` and has no receipt at
/// `now`: the wait doubles, from at least ten minutes. `None` once the provider no longer has data
/// about it.
#[must_use]
pub fn next_reconciliation(since: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let waited = now.signed_duration_since(since).max(RECEIPT_WITHIN);
    let next = now.checked_add_signed(waited)?;
    (next.signed_duration_since(since) < RECONCILE_WITHIN).then_some(next)
}

/// Whether the provider is asked at `now` for the first time about a message that was sent at `since`:
/// at the second time, the message has waited twice as long.
#[must_use]
pub fn is_first_reconciliation(since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(since) < RECEIPT_WITHIN + RECEIPT_WITHIN
}

/// The waits between tries to read the files of a received message from the provider, which keeps them for about
/// thirty days.
const FETCHES: [TimeDelta; 7] = [
    TimeDelta::seconds(30),
    TimeDelta::minutes(2),
    TimeDelta::minutes(10),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
    TimeDelta::hours(72),
];

/// When the files of a received message are tried again that were tried at `now`, after so many tries before; `None`
/// = never.
#[must_use]
pub fn next_fetch_at(tries_before: u16, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let wait = FETCHES.get(usize::from(tries_before))?;
    now.checked_add_signed(*wait)
}

/// What follows a refusal of the message's newest attempt.
#[must_use]
pub fn after_refusal(message: &Message, refusal: &Refusal, now: DateTime<Utc>) -> FollowUp {
    let retry = |at, is_void, switches_number| {
        if at >= message.expires_at() {
            FollowUp::Fail(Reason::ExpiredBeforeSend.into())
        } else {
            FollowUp::Retry {
                at,
                is_void,
                switches_number,
            }
        }
    };
    match refusal.class {
        RefusalClass::Message | RefusalClass::Malformed => FollowUp::Fail(refusal.error.clone()),
        RefusalClass::OptedOut => FollowUp::OptOut,
        RefusalClass::Registration => FollowUp::MissingCampaign,
        RefusalClass::Transient | RefusalClass::SlowDown(_) => {
            retry(next_try(message, refusal, now), false, false)
        }
        RefusalClass::Account | RefusalClass::SpendLimit => {
            retry(next_try(message, refusal, now), true, false)
        }
        RefusalClass::Number if may_switch_number(message) => retry(now, false, true),
        RefusalClass::Number => FollowUp::Fail(refusal.error.clone()),
    }
}

/// The number is changed once, and never if a user chose it.
fn may_switch_number(message: &Message) -> bool {
    !message.submission.is_manual
        && !message.attempts.has_switched_number
        && message.submission.traffic != TrafficType::Warmup
}

fn next_try(message: &Message, refusal: &Refusal, now: DateTime<Utc>) -> DateTime<Utc> {
    let wait = backoff(message.id, message.attempts.counted);
    let wait = refusal.retry_after.map_or(wait, |asked| asked.max(wait));
    now.checked_add_signed(wait).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reconciliation_is_told_from_the_second() {
        let since = DateTime::UNIX_EPOCH;
        let first = next_reconciliation(since, since).unwrap();
        let second = next_reconciliation(since, first).unwrap();
        assert_eq!(first, since + TimeDelta::minutes(10));
        assert!(is_first_reconciliation(since, first));
        assert!(!is_first_reconciliation(since, second));
    }
}
