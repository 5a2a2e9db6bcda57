//! Consent must be on record and valid when the message is sent.

use chrono::{DateTime, Months, SecondsFormat, Utc};

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::facts::{Consent, ConsentBasis, Policy};
use crate::law::Country;
use crate::message::TrafficType::{RealLead, Test};
use crate::values::reason::Reason;

/// An inquiry permits messages for three months in the US (47 CFR 64.1200(f)(5)(ii)) and for six
/// months in Canada (CASL s. 10(10)(e)); express consent until it is revoked. The sender must be able
/// to prove consent (CASL s. 13), and carriers reject purchased lists first (CTIA Messaging
/// Principles 5.1.4): a lead without recorded consent is therefore not texted.
pub(super) const RULE: Rule = Rule {
    code: "consent",
    refuses_when: "no consent of the lead is on record, imported or not, or the consent has \
                   expired by the instant of sending (an inquiry expires after 3 months in the US \
                   and 6 in Canada, unless the organization sets other periods)",
    outcome: "blocked_compliance",
    traffic: &[RealLead, Test],
    citation: "47 CFR 64.1200(f)(5)(ii); CASL s. 10(9)-(10), 13; CTIA Messaging Principles 5.1.4",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let facts = &case.context.message;
    let Some(consent) = facts.lead.consent else {
        let imported = if facts.is_lead_imported {
            "true"
        } else {
            "false"
        };
        return Verdict::refuse(Reason::ImportedLeadRequiresConsent)
            .with("consent", "none")
            .with("imported", imported);
    };
    let expires_at = expires_at(consent, case);
    let verdict = if expires_at.is_some_and(|expires_at| case.at >= expires_at) {
        Verdict::refuse(Reason::ImportedLeadRequiresConsent)
    } else {
        Verdict::allow()
    };
    let given = consent.at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let verdict = verdict
        .with("consent", consent.basis.as_str())
        .with("given", given);
    let verdict = match consent.record {
        Some(record) => verdict.with("record", record.to_string()),
        None => verdict,
    };
    match expires_at {
        Some(expires_at) => verdict.with("expires", expires_at.date_naive().to_string()),
        None => verdict,
    }
}

/// The first instant at which the consent is no longer valid; `None` = valid until revoked.
fn expires_at(consent: Consent, case: &Case<'_>) -> Option<DateTime<Utc>> {
    match consent.basis {
        ConsentBasis::Inquiry => {
            let months = Months::new(inquiry_months(case));
            Some(consent.at.checked_add_months(months).unwrap_or(consent.at))
        }
        ConsentBasis::Express | ConsentBasis::Written => None,
    }
}

/// The shortest period of the countries in which the lead may be; where that is unknown, the shorter
/// of both.
fn inquiry_months(case: &Case<'_>) -> u32 {
    let policy = &case.context.org.policy;
    let countries = case.places().into_iter().flat_map(|places| places.iter());
    let months = countries
        .filter_map(|place| place.rules.country)
        .map(|it| months_in(policy, it));
    let shorter = policy.consent_months_us.min(policy.consent_months_ca);
    months.min().unwrap_or(shorter)
}

const fn months_in(policy: &Policy, country: Country) -> u32 {
    match country {
        Country::UnitedStates => policy.consent_months_us,
        Country::Canada => policy.consent_months_ca,
    }
}
