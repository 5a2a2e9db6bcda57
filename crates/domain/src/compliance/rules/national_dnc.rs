//! Numbers on the national do-not-call list are not solicited.

use chrono::{DateTime, Months, Utc};

use super::scrubbing::{is_covered, is_too_old, refused_unless};
use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::facts::ConsentBasis;
use crate::message::TrafficType::RealLead;
use crate::values::reason::Reason;

/// For how long an inquiry lets a seller call a listed number (47 CFR 64.1200(f)(5)).
const INQUIRY: Months = Months::new(3);

/// For how long a purchase does (47 CFR 64.1200(f)(5)).
const PURCHASE: Months = Months::new(18);

/// A seller may not solicit a listed number without written permission or an established business
/// relationship, and must use a list that is at most 31 days old. What answers a person's own text is no
/// solicitation.
pub(super) const RULE: Rule = Rule {
    code: "national_dnc",
    refuses_when: "the organization's policy asks for it, and the number is on the imported national \
                   do-not-call list, or no list of the last 31 days is imported; exempt are replies in \
                   an active exchange, written consent, an inquiry of the last 3 months and a purchase \
                   of the last 18",
    outcome: "blocked_compliance",
    traffic: &[RealLead],
    citation: "47 CFR 64.1200(c)(2), (f)(5), (f)(15)",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    if !case.context.org.policy.scrub_national_dnc || !is_covered(case) {
        return Verdict::allow();
    }
    let list = case.context.message.scrubs.national_dnc;
    let reason = match list {
        Some(list) if is_too_old(list.as_of, case.at) => Some(Reason::NationalDncNotScrubbed),
        Some(list) => list.is_listed.then_some(Reason::NationalDncListed),
        None => Some(Reason::NationalDncNotScrubbed),
    };
    let verdict = match reason {
        Some(reason) => refused_unless(exemption(case), reason),
        None => Verdict::allow(),
    };
    let as_of = list.map_or_else(|| "never".to_owned(), |list| list.as_of.to_string());
    verdict.with("list_of", as_of)
}

fn exemption(case: &Case<'_>) -> Option<&'static str> {
    let lead = &case.context.message.lead;
    let is_within = |at: DateTime<Utc>, months: Months| {
        let until = at.checked_add_months(months);
        until.is_some_and(|until| case.at < until)
    };
    let has = |basis| lead.consent.filter(|consent| consent.basis == basis);
    if case.is_active_exchange(case.at) {
        Some("active_exchange")
    } else if has(ConsentBasis::Written).is_some() {
        Some("written_consent")
    } else if has(ConsentBasis::Inquiry).is_some_and(|consent| is_within(consent.at, INQUIRY)) {
        Some("inquiry")
    } else if lead
        .last_purchase_at
        .is_some_and(|at| is_within(at, PURCHASE))
    {
        Some("purchase")
    } else {
        None
    }
}
