//! Law that is announced or pending: it judges nothing and is shown to people. This module must not
//! know how it is stored.

use chrono::NaiveDate;

use crate::law::data::holidays::StateHoliday;
use crate::law::history::DatedRules;
use crate::law::jurisdiction::Jurisdiction;

/// A row that is announced or pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub jurisdiction: Jurisdiction,
    /// The first local date on which it would hold; `None` = not known.
    pub from: Option<NaiveDate>,
    /// What it would say.
    pub what: Announcement,
}

/// What an announced row would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// Hours, caps and exemptions; without holidays, which have rows of their own.
    Hours(Box<DatedRules>),
    /// A holiday.
    Holiday(Box<StateHoliday>),
}

impl Announcement {
    /// The citation.
    #[must_use]
    pub fn source(&self) -> &str {
        match self {
            Self::Hours(rules) => &rules.source,
            Self::Holiday(holiday) => &holiday.source,
        }
    }
}
