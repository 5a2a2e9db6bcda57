//! The recipient's location must be known.

use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::law::{AddressField, Jurisdiction, RecipientLocation, Stated, UnknownLocation};
use crate::message::TrafficType::{RealLead, Test};
use crate::values::reason::Reason;

/// Hours and caps depend on the called party's location (47 CFR 64.1200(c)(1)) and cannot be
/// respected where it is unknown. Toll-free numbers have no location; outside the US and Canada
/// other laws apply.
pub(super) const RULE: Rule = Rule {
    code: "jurisdiction",
    refuses_when: "the recipient's area code is unknown, toll-free, or outside the US and Canada. \
                   An address that cannot be interpreted causes a warning, and the strictest \
                   rules apply",
    outcome: "blocked_compliance, or a warning",
    traffic: &[RealLead, Test],
    citation: "47 CFR 64.1200(c)(1): local time at the called party's location",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let why = match &case.location {
        RecipientLocation::Known(places) => {
            let names: Vec<&str> = places
                .iter()
                .map(|place| place.rules.jurisdiction.as_str())
                .collect();
            return understood(case).with("places", names.join(","));
        }
        RecipientLocation::Unknown(why) => *why,
    };
    Verdict::refuse(Reason::JurisdictionUnknown).with(
        "location",
        match why {
            UnknownLocation::UnknownAreaCode => "unknown_area_code",
            UnknownLocation::TollFree => "toll_free",
            UnknownLocation::OutsideUsCa => "outside_us_ca",
        },
    )
}

/// An address that cannot be interpreted does not cause a refusal: the strictest rules apply, and a
/// finding explains why.
fn understood(case: &Case<'_>) -> Verdict {
    let fields = [
        (AddressField::State, &case.stated.state),
        (AddressField::PostalCode, &case.stated.postal_code),
    ];
    let mut verdict = if case.stated.not_understood().next().is_some() {
        Verdict::new(Effect::Warn(Reason::StatedPlaceNotUnderstood))
    } else {
        Verdict::allow()
    };
    for (field, stated) in fields {
        verdict = match stated {
            Stated::In(places) if places.len() > 1 => {
                let names: Vec<&str> = places.iter().map(Jurisdiction::as_str).collect();
                verdict.finding(format!(
                    "The lead's `{field}` may mean {}: the rules of all of them hold.",
                    names.join(" or ")
                ))
            }
            Stated::In(places) if places.contains(&Jurisdiction::DEFAULT_STRICT) => verdict
                .finding(format!(
                    "The lead's `{field}` tells no place, as military mail does: the strictest rules \
                     of all states hold."
                )),
            Stated::In(_) | Stated::Nothing | Stated::NotUnderstood => verdict,
        };
    }
    with_not_understood(verdict, case)
}

/// A finding for each field of the lead's address that cannot be interpreted.
pub(super) fn with_not_understood(verdict: Verdict, case: &Case<'_>) -> Verdict {
    let fields: Vec<&str> = (case.stated.not_understood())
        .map(AddressField::name)
        .collect();
    if fields.is_empty() {
        return verdict;
    }
    let verdict = fields.iter().fold(verdict, |verdict, field| {
        verdict.finding(format!(
            "The lead's `{field}` is not understood: it counts as a place with the strictest rules of \
             all states, and is in no list of allowed states."
        ))
    });
    verdict.with("not_understood", fields.join(","))
}
