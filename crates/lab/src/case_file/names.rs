//! Results by their places in lists of the file's header. Must not know frames.

use std::borrow::Cow;

use chrono::serde::ts_microseconds_option;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::compliance::rules::RULES;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::reason::Reason;
use uuid::Uuid;

use super::CaseFileError;
use crate::case::Recorded;
use crate::outcome::Outcome;
use crate::word::{Gist, RuleWord, Word};

/// The lists, in the order of the build that wrote the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    outcomes: Vec<String>,
    reasons: Vec<String>,
    verdicts: Vec<String>,
    rules: Vec<String>,
}

/// The lists as this build understands them.
#[derive(Debug)]
pub(super) struct Dictionary {
    outcomes: Vec<Outcome>,
    reasons: Vec<Reason>,
    verdicts: Vec<VerdictKind>,
    rules: Vec<Cow<'static, str>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FiledRecorded {
    Word(FiledWord),
    Confirmed,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FiledWord {
    outcome: u16,
    reason: Option<u16>,
    #[serde(with = "ts_microseconds_option")]
    until: Option<DateTime<Utc>>,
    /// Own numbers are called by their places.
    number: Option<u128>,
    price: Money,
    rules: Vec<FiledRule>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FiledRule {
    rule: u16,
    verdict: u16,
    reason: Option<u16>,
    #[serde(with = "ts_microseconds_option")]
    until: Option<DateTime<Utc>>,
}

impl Names {
    /// Those of this build.
    #[must_use]
    pub fn own() -> Self {
        let reasons = Reason::ALL.iter().map(|reason| reason.as_str().to_owned());
        let verdicts = VerdictKind::ALL.iter().map(|kind| kind.as_str().to_owned());
        Self {
            outcomes: Outcome::ALL.map(|one| one.as_str().to_owned()).to_vec(),
            reasons: reasons.collect(),
            verdicts: verdicts.collect(),
            rules: RULES.iter().map(|rule| rule.code.to_owned()).collect(),
        }
    }

    pub(super) fn dictionary(&self) -> Result<Dictionary, CaseFileError> {
        Ok(Dictionary {
            outcomes: parsed(&self.outcomes)?,
            reasons: parsed(&self.reasons)?,
            verdicts: parsed(&self.verdicts)?,
            rules: self.rules.iter().map(|code| rule(code)).collect(),
        })
    }

    /// What is recorded, by places. A rule that this build does not have is left out.
    pub(super) fn filed(&self, recorded: &Recorded) -> FiledRecorded {
        let Recorded::Word(word) = recorded else {
            return FiledRecorded::Confirmed;
        };
        let gist = word.gist;
        let rules = word.rules.iter().filter_map(|one| {
            Some(FiledRule {
                rule: place(&self.rules, &one.rule)?,
                verdict: place(&self.verdicts, one.verdict.as_str())?,
                reason: self.reason(one.reason),
                until: one.until,
            })
        });
        FiledRecorded::Word(FiledWord {
            outcome: place(&self.outcomes, gist.outcome.as_str()).unwrap_or_default(),
            reason: self.reason(gist.reason),
            until: gist.until,
            number: gist.number.map(|number| number.as_uuid().as_u128()),
            price: gist.price,
            rules: rules.collect(),
        })
    }

    fn reason(&self, reason: Option<Reason>) -> Option<u16> {
        place(&self.reasons, reason?.as_str())
    }
}

impl Dictionary {
    /// `None` for a place that no list has.
    pub(super) fn recorded(&self, filed: FiledRecorded) -> Option<Recorded> {
        let FiledRecorded::Word(word) = filed else {
            return Some(Recorded::Confirmed);
        };
        let rules = word.rules.into_iter().map(|filed| {
            Some(RuleWord {
                rule: self.rules.get(usize::from(filed.rule))?.clone(),
                verdict: *self.verdicts.get(usize::from(filed.verdict))?,
                reason: self.reason(filed.reason)?,
                until: filed.until,
            })
        });
        let number = word.number.map(Uuid::from_u128);
        Some(Recorded::Word(Box::new(Word {
            gist: Gist {
                outcome: *self.outcomes.get(usize::from(word.outcome))?,
                reason: self.reason(word.reason)?,
                until: word.until,
                number: number.map(PhoneNumberId::new),
                price: word.price,
            },
            rules: rules.collect::<Option<_>>()?,
        })))
    }

    fn reason(&self, place: Option<u16>) -> Option<Option<Reason>> {
        place.map_or(Some(None), |place| {
            self.reasons.get(usize::from(place)).copied().map(Some)
        })
    }
}

fn place(list: &[String], name: &str) -> Option<u16> {
    let place = list.iter().position(|one| one == name)?;
    u16::try_from(place).ok()
}

fn parsed<T: std::str::FromStr>(list: &[String]) -> Result<Vec<T>, CaseFileError> {
    let parsed = |name: &String| {
        let one = name.parse();
        one.map_err(|_| CaseFileError::UnknownName(name.clone()))
    };
    list.iter().map(parsed).collect()
}

/// A rule's code, which costs nothing for a rule of this build.
fn rule(code: &str) -> Cow<'static, str> {
    let own = RULES.iter().find(|rule| rule.code == code);
    own.map_or_else(
        || Cow::Owned(code.to_owned()),
        |rule| Cow::Borrowed(rule.code),
    )
}
