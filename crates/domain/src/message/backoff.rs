//! The waits between attempts at a message that was certainly not delivered. Must not know why it
//! was not.

use chrono::TimeDelta;

use crate::values::ids::MessageId;

/// The waits before automatic retries; the last one repeats until the message's validity ends. Each
/// is extended by up to a quarter, so that messages that failed together are not retried together.
pub const BACKOFF: [TimeDelta; 6] = [
    TimeDelta::seconds(5),
    TimeDelta::seconds(20),
    TimeDelta::seconds(60),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::minutes(60),
];

/// The wait after the `failed`th attempt (1 = first), with jitter that depends only on the message.
#[must_use]
pub fn backoff(id: MessageId, failed: u32) -> TimeDelta {
    let step = usize::try_from(failed.saturating_sub(1)).unwrap_or(usize::MAX);
    let [.., last] = BACKOFF;
    let base = BACKOFF.get(step).copied().unwrap_or(last);
    let share = i32::from(id.as_uuid().as_bytes().last().copied().unwrap_or_default());
    let quarter = base.checked_div(4).unwrap_or_default();
    let jitter = quarter
        .checked_mul(share)
        .and_then(|j| j.checked_div(255))
        .unwrap_or_default();
    base.checked_add(&jitter).unwrap_or(base)
}
