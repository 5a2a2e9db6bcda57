//! What the rules of imported lists share.

use chrono::{DateTime, NaiveDate, Utc};

use crate::case::Case;
use crate::compliance::rule::{Effect, Verdict};
use crate::law::Country;
use crate::values::reason::Reason;

/// The oldest list or answer that may be relied on, in days (47 CFR 64.1200(c)(2)(i)(D)).
const MOST_DAYS: i64 = 31;

/// Whether a list or an answer of that date is too old at an instant.
pub(super) fn is_too_old(date: NaiveDate, at: DateTime<Utc>) -> bool {
    at.date_naive().signed_duration_since(date).num_days() > MOST_DAYS
}

/// Whether the lists have the recipient's number: they are of the United States.
pub(super) fn is_covered(case: &Case<'_>) -> bool {
    case.country() == Some(Country::UnitedStates)
}

/// A refusal, unless an exemption applies.
pub(super) fn refused_unless(exemption: Option<&'static str>, reason: Reason) -> Verdict {
    match exemption {
        Some(exemption) => Verdict::new(Effect::Exempt(reason)).with("exemption", exemption),
        None => Verdict::refuse(reason),
    }
}
