//! Unsolicited messages do not reach people in a declared emergency.

use chrono::{DateTime, Utc};

use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::facts::{ConsentBasis, Emergency};
use crate::message::TrafficType::RealLead;
use crate::values::reason::Reason;

/// New York forbids unsolicited sales calls and texts in an area where an emergency is declared (GBL
/// 399-z(5-a)); an express request exempts. Louisiana forbids solicitation in a declared emergency. Which
/// emergencies there are is declared by an operator. The same holds wherever one is declared.
pub(super) const RULE: Rule = Rule {
    code: "emergency",
    refuses_when: "an emergency is declared where the recipient may be (without a postal code, anywhere in \
                   the state); with an end it defers the message to it; replies in an active exchange and \
                   express or written consent are exempt",
    outcome: "blocked_compliance or deferred",
    traffic: &[RealLead],
    citation: "N.Y. Gen. Bus. Law 399-z(5-a); La. R.S. 45:844.14 and PSC General Order R-29617",
    judge: Judge::Always(judge),
    next_allowed: Some(next_allowed),
};

fn judge(case: &Case<'_>) -> Verdict {
    let Some(emergency) = in_force(case, case.at).next() else {
        return Verdict::allow();
    };
    let verdict = match exemption(case, case.at) {
        Some(exemption) => {
            Verdict::new(Effect::Exempt(Reason::Emergency)).with("exemption", exemption)
        }
        None if has_end(case) => Verdict::defer(Reason::Emergency, next_allowed(case, case.at)),
        None => Verdict::refuse(Reason::Emergency),
    };
    verdict
        .with("emergency", emergency.id.to_string())
        .with("state", emergency.jurisdiction.as_str().to_owned())
}

fn next_allowed(case: &Case<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut at = t;
    while exemption(case, at).is_none() {
        let Some(emergency) = in_force(case, at).next() else {
            break;
        };
        at = emergency.until?;
    }
    Some(at)
}

/// Whether each emergency that is in force has an end.
fn has_end(case: &Case<'_>) -> bool {
    next_allowed(case, case.at).is_some()
}

/// The emergencies at an instant where the recipient may be. Where that is unknown, another rule refuses the
/// message.
fn in_force<'c>(case: &'c Case<'_>, at: DateTime<Utc>) -> impl Iterator<Item = &'c Emergency> {
    let places = || case.places().into_iter().flat_map(|places| places.iter());
    let postal_code = case.context.message.lead.postal_code.as_deref();
    let declared = case.context.emergencies.declared.iter();
    declared.filter(move |emergency| {
        let state = emergency.jurisdiction;
        places().any(|place| place.rules.jurisdiction == state)
            && emergency.concerns(postal_code, at)
    })
}

fn exemption(case: &Case<'_>, at: DateTime<Utc>) -> Option<&'static str> {
    let consent = case.context.message.lead.consent;
    match consent.map(|consent| consent.basis) {
        _ if case.is_active_exchange(at) => Some("active_exchange"),
        Some(ConsentBasis::Express | ConsentBasis::Written) => Some("express_consent"),
        Some(ConsentBasis::Inquiry) | None => None,
    }
}
