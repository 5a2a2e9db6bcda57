//! Messages are sent only in the legal hours at the recipient's location, and not on a state's
//! closed days.

use chrono::{DateTime, Utc};

use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::law::Places;
use crate::message::TrafficType::RealLead;
use crate::values::reason::Reason;

/// The federal window is 08:00 to 21:00 at the called party's location (47 CFR 64.1200(c)(1)); states
/// narrow it by their own laws, cited in the rows of `data/state_quiet_hours.csv`. Every place in
/// which the recipient may be must be open. Some laws, marked in their rows, exempt replies to the
/// recipient's own message: their hours do not apply in an active exchange.
pub(super) const RULE: Rule = Rule {
    code: "quiet_hours",
    refuses_when: "any place and zone in which the recipient may be is closed: hours by state, \
                   the end exclusive, with Sundays and holidays; a reply in an active exchange is \
                   exempt if the law of every such place exempts replies",
    outcome: "deferred",
    traffic: &[RealLead],
    citation: "47 CFR 64.1200(c)(1) and the laws in data/state_quiet_hours.csv, row by row",
    judge: Judge::Always(judge),
    next_allowed: Some(next_allowed),
};

fn judge(case: &Case<'_>) -> Verdict {
    let Some(places) = case.places() else {
        // The jurisdiction rule refuses this case.
        return Verdict::not_applicable();
    };
    let Err(closed) = places.open_at(case.at) else {
        return Verdict::allow();
    };
    let verdict = if is_exempt(case, places, case.at) {
        Verdict::new(Effect::Exempt(Reason::QuietHours)).with("exemption", "active_exchange")
    } else {
        Verdict::defer(Reason::QuietHours, first_allowed(case, places, case.at))
    };
    verdict.with("closed", closed.to_string())
}

fn next_allowed(case: &Case<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    case.places()
        .map_or(Some(t), |places| first_allowed(case, places, t))
}

/// The next opening, or before it the instant from which the law exempts replies, while the exchange
/// is active.
fn first_allowed(case: &Case<'_>, places: &Places<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut at = t;
    loop {
        if is_exempt(case, places, at) {
            return Some(at);
        }
        let change = Some(at)
            .filter(|at| case.is_active_exchange(*at))
            .and_then(|at| places.next_change(at))
            .filter(|change| *change <= case.horizon);
        let opening = places.next_open(at, change.unwrap_or(case.horizon));
        match (opening, change) {
            (None, Some(change)) => at = change,
            (opening, _) => return opening,
        }
    }
}

fn is_exempt(case: &Case<'_>, places: &Places<'_>, t: DateTime<Utc>) -> bool {
    case.is_active_exchange(t) && places.allow_replies(t)
}
