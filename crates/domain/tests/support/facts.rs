//! Facts under which a message may be sent, so that a test states only what matters to it.

use chrono::{DateTime, Utc};
use sms_domain::facts::{Context, NumberFacts};
use sms_domain::law::RuleData;
use sms_domain::message::Submission;
use sms_domain::values::phone::PhoneNumber;
use sms_scenarios::facts;

pub(crate) fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

/// A short text to a lead in Georgia (US).
pub(crate) fn submission(now: DateTime<Utc>) -> Submission {
    facts::submission(phone(facts::LEAD), now)
}

/// A healthy, registered number without limits; the `n`th of the organization.
pub(crate) fn number(n: u32, text: &str) -> NumberFacts {
    facts::number(n, phone(text))
}

/// A live organization with the given numbers and 10 USD, and a lead who made an inquiry a day ago.
pub(crate) fn context(numbers: Vec<NumberFacts>, now: DateTime<Utc>) -> Context {
    let rules = RuleData::bundled().unwrap();
    facts::context(rules, phone(facts::LEAD), numbers, now)
}
