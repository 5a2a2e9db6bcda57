//! The cap on messages to one person in any 24 hours, over all sending numbers.

use chrono::{DateTime, TimeDelta, Utc};

use super::recent::{count, first_below};
use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::message::TrafficType::RealLead;
use crate::values::reason::Reason;

/// The period of the laws' caps.
const DAY: TimeDelta = TimeDelta::hours(24);

/// Florida, Oklahoma, Maryland and Oregon allow three messages in 24 hours, over all numbers (Fla.
/// Stat. 501.616(6); 15 O.S. 775C.4; Md. Com. Law 14-4502; Oregon HB 3865, which exempts replies).
/// The same cap applies everywhere unless the organization sets another, because people move.
pub(super) const RULE: Rule = Rule {
    code: "state_frequency_cap",
    refuses_when: "the person has received at least as many messages as the cap in the preceding \
                   24 hours, from any number of the organization: 3 in FL, MD, OK and OR, \
                   elsewhere as the organization sets (3 by default); replies in an active \
                   exchange are exempt and do not count",
    outcome: "deferred",
    traffic: &[RealLead],
    citation: "Fla. Stat. 501.616(6); 15 O.S. 775C.4; Md. Com. Law 14-4502; Oregon HB 3865",
    judge: Judge::Always(judge),
    next_allowed: Some(next_allowed),
};

fn judge(case: &Case<'_>) -> Verdict {
    let Some(cap) = cap(case, case.at) else {
        return Verdict::allow();
    };
    let sent = count(case, case.at, DAY);
    let verdict = if sent < cap {
        Verdict::allow()
    } else if case.is_active_exchange(case.at) {
        Verdict::new(Effect::Exempt(Reason::StateFrequencyCap)).with("exemption", "active_exchange")
    } else {
        Verdict::defer(Reason::StateFrequencyCap, next_allowed(case, case.at))
    };
    verdict
        .with("sent_24h", sent.to_string())
        .with("cap", cap.to_string())
}

fn next_allowed(case: &Case<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if case.is_active_exchange(t) {
        return Some(t);
    }
    let mut at = t;
    loop {
        let below = match cap(case, at) {
            Some(cap) => first_below(case, at, DAY, cap),
            None => Some(at),
        };
        // The law may set another cap before the person is below this one.
        let change = case.places().and_then(|places| places.next_change(at));
        let change = change.filter(|change| *change <= case.horizon);
        match change.filter(|change| below.is_none_or(|below| *change <= below)) {
            Some(change) => at = change,
            None => return below,
        }
    }
}

/// The lowest cap of the places' laws at an instant and of the organization. Where the location is
/// unknown, another rule refuses the message.
fn cap(case: &Case<'_>, at: DateTime<Utc>) -> Option<u32> {
    let own = Some(case.context.org.policy.default_daily_cap).filter(|cap| *cap > 0);
    case.places()
        .map_or(own, |places| places.max_per_24h(at, own))
}
