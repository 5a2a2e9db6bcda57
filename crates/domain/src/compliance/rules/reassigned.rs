//! Numbers that were given to somebody else since the consent are not texted.

use chrono::TimeDelta;

use super::scrubbing::{is_covered, is_too_old, refused_unless};
use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::facts::ReassignedAnswer;
use crate::message::TrafficType::RealLead;
use crate::values::reason::Reason;

/// A number that was given back is not given out again for at least 45 days (47 CFR 52.15(f)(1)(ii)).
const AGING: TimeDelta = TimeDelta::days(45);

/// A consent is of the person, not of the number: it does not cover whoever has the number next. Only the
/// database's answer "no" protects a sender (47 CFR 64.1200(m)).
pub(super) const RULE: Rule = Rule {
    code: "reassigned",
    refuses_when: "the organization's policy asks for it, and the database of reassigned numbers says \
                   that the number was disconnected since the consent, or was not asked about it in the \
                   last 31 days; replies in an active exchange are exempt, and no answer is needed \
                   while the consent is younger than 45 days",
    outcome: "blocked_compliance",
    traffic: &[RealLead],
    citation: "47 CFR 64.1200(m), 52.15(f)(1)(ii); FCC 18-177",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let facts = &case.context.message;
    // Without a consent another rule refuses the message.
    let Some(consent) = facts.lead.consent.filter(|_| is_covered(case)) else {
        return Verdict::allow();
    };
    if !case.context.org.policy.scrub_reassigned {
        return Verdict::allow();
    }
    let asked = facts.scrubs.reassigned;
    let answer = asked.map(|asked| (asked.answer, is_too_old(asked.asked_on, case.at)));
    let exchange = case
        .is_active_exchange(case.at)
        .then_some("active_exchange");
    let is_young = case.at.signed_duration_since(consent.at) < AGING;
    let verdict = match answer {
        Some((ReassignedAnswer::Yes, _)) => refused_unless(exchange, Reason::NumberReassigned),
        Some((ReassignedAnswer::No, false)) => Verdict::allow(),
        Some((ReassignedAnswer::NoData, false)) => {
            Verdict::new(Effect::Warn(Reason::ReassignedNotAsked))
        }
        Some((ReassignedAnswer::No | ReassignedAnswer::NoData, true)) | None => {
            let exemption = exchange.or(is_young.then_some("young_consent"));
            refused_unless(exemption, Reason::ReassignedNotAsked)
        }
    };
    let asked_on = asked.map_or_else(|| "never".to_owned(), |asked| asked.asked_on.to_string());
    let verdict = verdict.with("asked_on", asked_on);
    match asked {
        Some(asked) => verdict.with("answer", asked.answer.as_str()),
        None => verdict,
    }
}
