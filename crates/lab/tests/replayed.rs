//! Stored decisions, judged again by this build and by candidates.

mod support;

use sms_domain::decision::WhatWasDecided;
use sms_domain::law::RuleFiles;
use sms_domain::ports::{RuleSet, StoredDecision};
use sms_domain::values::billing::Money;
use sms_domain::values::reason::Reason;
use sms_lab::{
    Aspect, Candidate, Laws, Never, NotReplayable, Outcome, Recorded, Replay, StoredCase, Summary,
    Transition, law_of,
};

use support::{bundled, case, connecticut_until, law, scenario, stored, to_connecticut};

fn by_law(law: &'static sms_domain::law::RuleData) -> Replay {
    Replay {
        candidate: Candidate {
            law: Some(law),
            policy: None,
        },
    }
}

fn by_policy(json: &str) -> Replay {
    Replay {
        candidate: Candidate {
            law: None,
            policy: Some(serde_json::from_str(json).unwrap()),
        },
    }
}

fn summary(replay: &Replay, cases: impl IntoIterator<Item = StoredCase>) -> Summary {
    let mut summary = Summary::default();
    for case in cases {
        summary.add(&case, replay.judge(&case));
    }
    summary
}

/// The only transition of the candidate.
fn transition(summary: &Summary) -> &Transition {
    let mut found = summary.candidate.changed.keys();
    let first = found.next().expect("a transition");
    assert_eq!(found.next(), None);
    first
}

fn record(stored: &mut StoredDecision) -> &mut sms_domain::decision::DecisionRecord {
    match &mut stored.decided {
        WhatWasDecided::Record(record) => record,
        WhatWasDecided::Digest(_) => panic!("a digest has no record"),
    }
}

const EVENING: &str = "2026-12-15 19:30 America/New_York";
const NOON: &str = "2026-12-15 12:00 America/New_York";

#[test]
fn a_candidate_changes_only_what_its_law_says_otherwise() {
    let cases = [NOON, EVENING, "2026-12-15 20:30 America/New_York"]
        .into_iter()
        .zip(1..)
        .map(|(when, n)| case(stored(&to_connecticut(when), bundled(), n)));
    let found = summary(&by_law(connecticut_until("19:00")), cases);
    assert_eq!((found.decisions, found.code.same), (3, 3));
    assert_eq!(found.candidate.same, 2);
    let expected = Transition {
        from: (Outcome::Allowed, None),
        to: (Outcome::Deferred, Some(Reason::QuietHours)),
        aspect: Aspect::Outcome,
        rule: "quiet_hours".to_owned(),
    };
    assert_eq!(transition(&found), &expected);
    let cell = &found.candidate.changed[&expected];
    assert_eq!(
        (cell.decisions, cell.messages, cell.people.count()),
        (1, 1, 1)
    );
    assert_eq!((cell.organizations.len(), cell.segments), (1, 1));
    assert!(cell.price > Money::ZERO);
    assert!(found.is_changed() && !found.is_incomplete());
}

#[test]
fn an_example_shows_what_the_traces_say_otherwise() {
    let case = case(stored(&to_connecticut(EVENING), bundled(), 1));
    let found = summary(&by_law(connecticut_until("19:00")), [case]);
    let examples = found.candidate.examples();
    let lines = &examples[0].1.lines;
    assert!(
        lines[0].starts_with("allowed from number ")
            && lines[0].ends_with(" -> deferred quiet_hours until 2026-12-16T14:00:00Z"),
        "{lines:?}"
    );
    let hours = lines.iter().find(|line| line.starts_with("quiet_hours: "));
    let hours = hours.expect("the rule is shown");
    assert!(hours.starts_with("quiet_hours: allow"), "{hours}");
    assert!(hours.contains("-> defer quiet_hours until 2026-12-16T14:00:00Z"));
    assert!(!lines.iter().any(|line| line.starts_with("consent: ")));
}

#[test]
fn a_wait_that_only_ends_at_another_time_is_a_change_of_its_end() {
    let night = to_connecticut("2026-12-15 23:00 America/New_York");
    let later = RuleFiles::BUNDLED
        .quiet_hours
        .replace("CT,2023-10-01,enacted,09:00", "CT,2023-10-01,enacted,10:00");
    let files = RuleFiles {
        quiet_hours: &later,
        ..RuleFiles::BUNDLED
    };
    let found = summary(&by_law(law(files)), [case(stored(&night, bundled(), 1))]);
    let expected = (Outcome::Deferred, Some(Reason::QuietHours));
    let one = transition(&found);
    assert_eq!((one.from, one.to), (expected, expected));
    assert_eq!((one.aspect, &*one.rule), (Aspect::Until, "quiet_hours"));
}

#[test]
fn a_changed_policy_judges_by_its_fields() {
    let sent = "recipient: { sent: [1 hour ago, 2 hours ago] },";
    let case = || case(stored(&scenario(NOON, sent), bundled(), 1));
    let found = summary(&by_policy(r#"{ "defaultDailyCap": 2 }"#), [case()]);
    let one = transition(&found);
    assert_eq!(one.to.1, Some(Reason::StateFrequencyCap));
    assert_eq!(one.rule, "state_frequency_cap");
    let same = summary(&by_policy(r#"{ "defaultDailyCap": 3 }"#), [case()]);
    assert_eq!(same.candidate.same, 1);
}

#[test]
fn without_a_candidate_only_the_records_are_compared() {
    let mut dearer = stored(&to_connecticut(NOON), bundled(), 1);
    record(&mut dearer).trace.price = Money::from_micros(1);
    let found = summary(&Replay::default(), [case(dearer)]);
    let (one, _) = found.code.changed.first_key_value().unwrap();
    assert_eq!((one.aspect, &*one.rule), (Aspect::Price, "price"));
    assert_eq!(found.candidate, sms_lab::Comparison::default());
}

#[test]
fn a_decision_is_first_judged_by_its_own_law() {
    let old = connecticut_until("19:00");
    let mut laws = Laws::default();
    let decision = stored(&to_connecticut(EVENING), old, 1);
    assert_eq!(
        laws.missing(std::slice::from_ref(&decision)),
        [old.version()]
    );
    laws.learn(old.version().to_owned(), Some(old));
    let found = summary(&by_law(bundled()), [laws.case(decision)]);
    assert_eq!((found.code.same, found.candidate.differing()), (1, 1));
    assert_eq!(transition(&found).to.0, Outcome::Allowed);
}

#[test]
fn what_cannot_be_judged_says_why() {
    let replay = by_law(connecticut_until("19:00"));
    let mut bare = stored(&to_connecticut(NOON), bundled(), 1);
    bare.basis = None;
    let foreign = stored(&to_connecticut(NOON), connecticut_until("18:00"), 2);
    let mut mixed = stored(&to_connecticut(NOON), bundled(), 3);
    let two = "numbers: [{ name: a, phone: '+14045550198' }, { name: b, phone: '+14045550197' }],";
    let other = stored(&scenario(NOON, two), bundled(), 4);
    mixed.basis.as_mut().unwrap().organization = other.basis.unwrap().organization;
    let found = summary(&replay, [bare, foreign, mixed].map(case));
    let expected = [
        NotReplayable::NoFacts,
        NotReplayable::LawUnknown,
        NotReplayable::Unreadable,
    ];
    assert_eq!(
        found.code.not_replayable,
        expected.map(|reason| (reason, 1)).into()
    );
    assert_eq!(found.candidate.not_replayable, found.code.not_replayable);
    assert!(found.is_incomplete() && !found.is_changed());
}

#[test]
fn a_law_that_finds_other_things_in_texts_cannot_judge_erased_ones() {
    let fewer = RuleFiles::BUNDLED.url_shorteners;
    let fewer = fewer.trim_end().rsplit_once('\n').unwrap().0;
    let files = RuleFiles {
        url_shorteners: fewer,
        ..RuleFiles::BUNDLED
    };
    let case = case(stored(&to_connecticut(NOON), bundled(), 1));
    let found = summary(&by_law(law(files)), [case]);
    assert_eq!(found.code.same, 1);
    assert_eq!(
        found.candidate.not_replayable[&NotReplayable::TextErased],
        1
    );
}

#[test]
fn the_law_of_a_confirmation_is_found_by_its_digest() {
    let old = connecticut_until("19:00");
    let mut confirmation = stored(&to_connecticut(NOON), old, 1);
    let digest = record(&mut confirmation).digest();
    confirmation.decided = WhatWasDecided::Digest(digest);
    let mut laws = Laws::default();
    laws.add(bundled());
    let unknown = laws.case(confirmation.clone());
    assert_eq!(unknown.basis.unwrap_err(), NotReplayable::LawUnknown);
    laws.add(old);
    let case = laws.case(confirmation);
    assert_eq!(case.recorded, Recorded::Confirmed);
    assert_eq!(case.basis.as_ref().unwrap().law.version(), old.version());
    let found = summary(&Replay::default(), [case]);
    assert_eq!(found.code.same, 1);
}

#[test]
fn the_law_of_a_confirmation_by_another_build_is_that_of_its_records() {
    let mut decision = stored(&to_connecticut(NOON), bundled(), 1);
    let version = &mut record(&mut decision).trace.rules_version;
    *version = version.replace("build ", "build 0");
    let mut confirmation = decision.clone();
    confirmation.decided = WhatWasDecided::Digest(record(&mut decision).digest());
    let mut laws = Laws::default();
    laws.add(bundled());
    assert!(laws.case(confirmation.clone()).basis.is_err());
    assert_eq!(laws.missing(&[decision]), Vec::<String>::new());
    assert!(laws.case(confirmation).basis.is_ok());
}

#[test]
fn a_confirmation_that_would_not_leave_any_more_is_a_change() {
    let mut confirmation = stored(
        &to_connecticut("2026-12-15 23:00 America/New_York"),
        bundled(),
        1,
    );
    let digest = record(&mut confirmation).digest();
    confirmation.decided = WhatWasDecided::Digest(digest);
    let found = summary(&Replay::default(), [case(confirmation)]);
    let (one, _) = found.code.changed.first_key_value().unwrap();
    assert_eq!(
        (one.from.0, one.to.0),
        (Outcome::Allowed, Outcome::Deferred)
    );
}

#[test]
fn every_outcome_of_a_record_is_that_of_its_decision() {
    for (given, outcome) in [
        (
            "recipient: { opted_out_of: [organization] },",
            Outcome::OptedOut,
        ),
        ("lead: { archived: true },", Outcome::BlockedCompliance),
        ("wallet: { balance: 0 },", Outcome::BlockedBilling),
        ("numbers: [],", Outcome::NoEligiblePhoneNumber),
        (
            "numbers: [{ name: a, phone: '+14045550198', registration: pending }],",
            Outcome::BlockedMissingCampaign,
        ),
        ("", Outcome::Allowed),
    ] {
        let case = case(stored(&scenario(NOON, given), bundled(), 1));
        let Recorded::Word(word) = &case.recorded else {
            panic!("a record");
        };
        assert_eq!(word.gist.outcome, outcome, "{given}");
        assert_eq!(summary(&Replay::default(), [case]).code.same, 1, "{given}");
    }
}

#[test]
fn what_must_not_occur_is_found_in_either_comparison() {
    let opted_out = "recipient: { opted_out_of: [organization] },";
    let mut decision = stored(&scenario(NOON, opted_out), bundled(), 1);
    let never: Never = "opted_out,blocked_compliance -> allowed".parse().unwrap();
    let found = summary(&Replay::default(), [case(decision.clone())]);
    assert!(!found.has(std::slice::from_ref(&never)));
    let allowed = stored(&scenario(NOON, ""), bundled(), 1);
    decision.basis = allowed.basis;
    let found = summary(&Replay::default(), [case(decision)]);
    assert!(found.has(&[never]));
}

#[test]
fn the_parts_of_a_history_amount_to_the_whole() {
    let replay = by_law(connecticut_until("19:00"));
    let cases = || {
        let n = 1..=60_u128;
        n.map(|n| case(stored(&to_connecticut(EVENING), bundled(), n)))
    };
    let whole = summary(&replay, cases());
    let mut parts = summary(&replay, cases().skip(25));
    parts.merge(summary(&replay, cases().take(25)));
    assert_eq!(parts.candidate.differing(), 60);
    let last_is_told_apart = |summary: &Summary| summary.candidate.examples().len();
    assert_eq!(last_is_told_apart(&whole), 10);
    assert_eq!(whole.candidate.examples(), parts.candidate.examples());
    let cells = |summary: &Summary| {
        let cells = summary.candidate.changed.values();
        let cells = cells.map(|cell| (cell.messages, cell.people.clone(), cell.price));
        cells.collect::<Vec<_>>()
    };
    assert_eq!(cells(&whole), cells(&parts));
}

#[test]
fn examples_show_first_what_would_leave_although_it_was_refused() {
    let states = r#"{ "allowedStates": ["GA"] }"#;
    let allowed = "organization: { policy: { allowedStates: [CT] } },";
    let refused = (1..=3).map(|n| case(stored(&scenario(NOON, allowed), bundled(), n)));
    let to_ct = (4..=30).map(|n| case(stored(&to_connecticut(NOON), bundled(), n)));
    let found = summary(&by_policy(states), to_ct.chain(refused));
    let examples = found.candidate.examples();
    assert_eq!(examples.len(), 10);
    let (first, _) = examples[0];
    assert_eq!(first.from.0, Outcome::BlockedCompliance);
    assert_eq!(first.to.0, Outcome::Allowed);
    let (second, _) = examples[1];
    assert_eq!(second.from.0, Outcome::Allowed);
}

#[test]
fn a_stored_law_is_read_unless_this_build_cannot_or_it_is_another() {
    let files = RuleFiles::BUNDLED.texts().into_iter();
    let set = RuleSet {
        hash: bundled().version().to_owned(),
        files: files
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect(),
    };
    assert_eq!(law_of(set.clone()).unwrap().version(), bundled().version());
    let other = RuleSet {
        hash: "0000000000000000".to_owned(),
        ..set.clone()
    };
    assert!(law_of(other).is_none());
    let mut broken = set;
    broken.files[0].1.push_str("no row");
    assert!(law_of(broken).is_none());
}
