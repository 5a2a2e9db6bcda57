//! When a message may be sent: the first instant that all time-dependent rules allow. Must not know
//! the rules.

use chrono::{DateTime, Utc};

use crate::case::Case;
use crate::compliance::rule::{Effect, Rule, Verdict};
use crate::law::schedule::earliest_of;
use crate::message::Schedule;
use crate::values::reason::Reason;

/// When a message may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// The time-dependent rules allow the message now.
    Now,
    /// The message may be sent at a later instant.
    Later(Schedule),
    /// No instant within the message's validity is allowed.
    Never,
}

impl Timing {
    /// Determines the timing from the verdicts of the rules that are always evaluated.
    pub(super) fn of<'v>(
        case: &Case<'_>,
        rules: &[&Rule],
        verdicts: impl Iterator<Item = &'v Verdict>,
    ) -> Self {
        match mover(verdicts) {
            None if case.at > case.now => Self::Later(Schedule {
                until: case.at,
                reason: Reason::ClientRequested,
            }),
            None => Self::Now,
            Some(reason) => first_legal(case, rules, case.at)
                .map_or(Self::Never, |until| Self::Later(Schedule { until, reason })),
        }
    }
}

/// The first instant from `from` on that every time-dependent rule allows.
pub(super) fn first_legal(
    case: &Case<'_>,
    rules: &[&Rule],
    from: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let timed = rules
        .iter()
        .filter(|rule| rule.applies_to(case.traffic()))
        .filter_map(|rule| rule.next_allowed);
    earliest_of(from, case.horizon, &timed, |next_allowed, at| {
        next_allowed(case, at)
    })
}

/// The reason of the rule that delays the message longest; of equals, the first in the order of
/// reason codes.
fn mover<'v>(verdicts: impl Iterator<Item = &'v Verdict>) -> Option<Reason> {
    let waits = verdicts.filter_map(|verdict| match verdict.effect {
        Effect::Defer { reason, until } => {
            Some((until.is_none(), until, std::cmp::Reverse(reason)))
        }
        Effect::Allow
        | Effect::Warn(_)
        | Effect::Exempt(_)
        | Effect::NotApplicable
        | Effect::NoNumber(_)
        | Effect::Refuse(_) => None,
    });
    waits.max().map(|(.., reason)| reason.0)
}
