//! Counts of recent messages to a recipient. Not a rule.

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::Case;

/// The messages that count in the period before `t`, excluding its start.
pub(super) fn count(case: &Case<'_>, t: DateTime<Utc>, period: TimeDelta) -> u32 {
    let counted = counted(case).filter(|at| is_within(*at, t, period)).count();
    u32::try_from(counted).unwrap_or(u32::MAX)
}

/// The first instant from `t` on with fewer than `limit` messages in the period before it: when the
/// `limit`-th newest of them leaves the period. `None` when the limit is zero.
pub(super) fn first_below(
    case: &Case<'_>,
    t: DateTime<Utc>,
    period: TimeDelta,
    limit: u32,
) -> Option<DateTime<Utc>> {
    if count(case, t, period) < limit {
        return Some(t);
    }
    let nth_newest = usize::try_from(limit.checked_sub(1)?).ok()?;
    let mut sent: Vec<DateTime<Utc>> = counted(case).collect();
    sent.sort_unstable_by(|a, b| b.cmp(a));
    sent.get(nth_newest)?.checked_add_signed(period)
}

/// Whether an instant is in the period before `t`. It includes instants after `t`, because another
/// worker's clock may be ahead of ours.
pub(super) fn is_within(at: DateTime<Utc>, t: DateTime<Utc>, period: TimeDelta) -> bool {
    t.signed_duration_since(at) < period
}

fn counted(case: &Case<'_>) -> impl Iterator<Item = DateTime<Utc>> {
    let recent = case.context.message.recipient.recent.iter();
    recent.filter(|sent| sent.is_counted).map(|sent| sent.at)
}
