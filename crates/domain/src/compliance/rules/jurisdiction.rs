//! It is known where the recipient may be.

use crate::compliance::rule::{Judged, Rule, RuleCode, Verdict};
use crate::compliance::{RecipientLocation, UnknownLocation};
use crate::decision::Case;
use crate::reason::Reason;

/// Hours and caps are those of the called party's location (47 CFR 64.1200(c)(1)); where that cannot
/// be told they cannot be kept. Toll-free numbers are nowhere; outside the US and Canada other laws
/// hold.
pub(super) const RULE: Rule = Rule {
    code: RuleCode::Jurisdiction,
    judged: Judged::Always,
    refuses_when: "the recipient's area code is unknown, toll-free, or outside the US and Canada",
    outcome: "blocked_compliance",
    citation: "47 CFR 64.1200(c)(1): local time at the called party's location",
    judge,
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let why = match &case.location {
        RecipientLocation::Known(places) => {
            let names: Vec<&str> = places
                .iter()
                .map(|place| place.rules.jurisdiction.as_str())
                .collect();
            return Verdict::allow().with("places", names.join(","));
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
