//! What lists of others say of a number: the national do-not-call list and the database of reassigned
//! numbers. Access to them is licensed to a seller, so that each organization imports its own. Must not
//! know what follows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::values::wire::wire_enum;

wire_enum! {
    /// The database's answer about a number and the date of a consent.
    ReassignedAnswer {
        /// The number has been disconnected since.
        Yes = "yes",
        /// It has not.
        No = "no",
        /// The database does not know.
        NoData = "no_data",
    }
}

/// What the imported lists say of the recipient's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScrubFacts {
    /// The national do-not-call list; `None` = none is imported.
    pub national_dnc: Option<NationalDnc>,
    /// The answer for the date of the lead's consent; `None` = there is none.
    pub reassigned: Option<Reassigned>,
}

/// What the national do-not-call list says of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NationalDnc {
    /// The date of the list.
    pub as_of: NaiveDate,
    /// Whether it has the number.
    pub is_listed: bool,
}

/// What the database of reassigned numbers says of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassigned {
    /// The date of the query.
    pub asked_on: NaiveDate,
    pub answer: ReassignedAnswer,
}
