//! The law and the policy that a command line names as candidates.

use std::path::Path;

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use sms_lab::{Candidate, PolicyChange};

use crate::cli::CandidateArguments;
use crate::law::LoadedLaw;

/// The candidate. What is taken of another date, or expected, is `in_use` unless there is a folder.
pub(super) fn read(
    arguments: &CandidateArguments,
    in_use: LoadedLaw,
    today: NaiveDate,
) -> anyhow::Result<Candidate> {
    let policy = arguments.policy.as_deref().map(policy);
    Ok(Candidate {
        law: law(arguments, in_use, today)?.map(|law| law.rules),
        policy: policy.transpose()?,
    })
}

/// The candidate in a few words; `None` without one.
pub(super) fn in_words(arguments: &CandidateArguments, candidate: &Candidate) -> Option<String> {
    let law = candidate.law.map(|law| format!("law {}", law.version()));
    let as_of = arguments.as_of.map(|date| format!("as of {date}"));
    let policy = (candidate.policy.as_ref()).map(|change| format!("policy with {change}"));
    let words: Vec<String> = law.into_iter().chain(as_of).chain(policy).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn law(
    arguments: &CandidateArguments,
    in_use: LoadedLaw,
    today: NaiveDate,
) -> anyhow::Result<Option<LoadedLaw>> {
    let folder = arguments.law.as_deref();
    if folder.is_none() && arguments.as_of.is_none() && !arguments.expect {
        return Ok(None);
    }
    let mut law = folder.map_or(Ok(in_use), LoadedLaw::read)?.checked(today)?;
    if arguments.expect {
        law = law.expected()?;
    }
    if let Some(date) = arguments.as_of {
        law.rules = Box::leak(Box::new(law.rules.as_of(date)));
    }
    Ok(Some(law))
}

fn policy(file: &Path) -> anyhow::Result<PolicyChange> {
    let named = || format!("the policy in {}", file.display());
    let text = std::fs::read_to_string(file).with_context(named)?;
    let change: PolicyChange = serde_saphyr::from_str(&text).with_context(named)?;
    ensure!(!change.is_empty(), "{} changes nothing", named());
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2026-12-01".parse().unwrap()
    }

    fn of(arguments: &CandidateArguments) -> anyhow::Result<Candidate> {
        read(arguments, LoadedLaw::bundled().unwrap(), today())
    }

    fn with_policy(text: &str) -> anyhow::Result<Candidate> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.yaml");
        std::fs::write(&file, text).unwrap();
        of(&CandidateArguments {
            policy: Some(file),
            ..CandidateArguments::default()
        })
    }

    #[test]
    fn without_arguments_there_is_no_candidate() {
        assert!(of(&CandidateArguments::default()).unwrap().is_none());
    }

    #[test]
    fn the_law_of_a_date_or_with_what_is_proposed_is_that_in_use() {
        let at_once = CandidateArguments {
            expect: true,
            as_of: "2027-06-01".parse().ok(),
            ..CandidateArguments::default()
        };
        let candidate = of(&at_once).unwrap();
        let words = in_words(&at_once, &candidate).unwrap();
        assert!(words.ends_with(", as of 2027-06-01"), "{words}");
        let law = candidate.law.unwrap();
        assert_eq!(law.announced().count(), 0);
        assert!(
            law.jurisdictions()
                .all(|place| place.law.rows().count() == 1)
        );
    }

    #[test]
    fn a_policy_names_what_changes() {
        let candidate = with_policy("defaultDailyCap: 1\nallowedStates: [CT]\n").unwrap();
        assert!(candidate.law.is_none() && candidate.policy.is_some());
        for (text, expected) in [
            ("{}", "changes nothing"),
            ("validityMinutes: 5", "validityMinutes"),
            ("defaultDailyCap: often", "line 1"),
        ] {
            let error = format!("{:#}", with_policy(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
            assert!(error.contains("policy.yaml"), "{error}");
        }
    }
}
