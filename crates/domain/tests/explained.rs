//! The explanations in the trace of a decision.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::decision::{RuleVerdict, decide};
use sms_domain::facts::{Context, NumberFacts, Registration};
use sms_domain::law::schedule::tz_version;
use sms_domain::message::Submission;
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::reason::Reason;

fn now() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

fn number(n: u32, registration: Registration) -> NumberFacts {
    NumberFacts {
        registration,
        ..facts::number(n, "+14045550199")
    }
}

/// A message for which a user chose the number.
fn from(number: PhoneNumberId) -> Submission {
    Submission {
        requested_number: Some(number),
        is_manual: true,
        ..facts::submission(now())
    }
}

fn word(rule: &str, submission: &Submission, context: &Context) -> RuleVerdict {
    let rules = decide(submission, context, now()).trace.rules;
    rules.into_iter().find(|word| word.rule == rule).unwrap()
}

#[test]
fn a_missing_registration_is_counted_over_the_numbers_that_lack_it() {
    let mut off = number(5, Registration::Approved);
    off.is_enabled = false;
    let mut free = number(6, Registration::NotRequired);
    free.is_enabled = false;
    let lacking = [
        Registration::Pending,
        Registration::Rejected,
        Registration::Missing,
        Registration::Stale,
    ];
    let numbers = (1..).zip(lacking).map(|(n, lacking)| number(n, lacking));
    let context = facts::context(numbers.chain([off, free]).collect(), now());
    let word = word("ten_dlc", &facts::submission(now()), &context);
    assert_eq!(word.reason, Some(Reason::TenDlcNotApproved));
    assert_eq!(word.facts["unregistered_numbers"], "4");
}

#[test]
fn a_number_that_a_person_chose_is_named_with_the_gates_that_it_fails() {
    let good = number(1, Registration::Approved);
    let mut bad = number(2, Registration::Approved);
    bad.is_enabled = false;
    bad.is_sms_capable = false;
    let unknown = facts::number(3, "+14045550199").id;
    let (good_id, bad_id) = (good.id, bad.id);
    let context = facts::context(vec![good, bad], now());
    for (chosen, fails) in [
        (good_id, "none"),
        (bad_id, "enabled,sms_capable"),
        (unknown, "owned"),
    ] {
        let word = word("numbers", &from(chosen), &context);
        assert_eq!(word.facts["chosen_number"], chosen.to_string());
        assert_eq!(word.facts["chosen_number_fails"], fails);
    }
}

#[test]
fn a_decision_names_the_data_the_policy_and_the_time_zones_that_it_rests_on() {
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now());
    Arc::make_mut(&mut context.org).policy_version = 42;
    let version = decide(&facts::submission(now()), &context, now())
        .trace
        .rules_version;
    let data = format!("data {}", context.rules.version());
    let zones = format!("tz {}", tz_version());
    for part in [&*data, "policy 42", &*zones] {
        assert!(version.contains(part), "{version} lacks {part}");
    }
}

#[test]
fn a_record_of_a_message_that_has_to_wait_after_all_says_so_and_keeps_the_rest() {
    let context = facts::context(vec![facts::number(1, "+14045550199")], now());
    let decided = decide(&facts::submission(now()), &context, now());
    let record = decided.record(now());
    let waiting = record.clone().deferred(Reason::ReservationUnavailable);
    assert_eq!((&*record.outcome, record.reason), ("send", None));
    assert_eq!((&*waiting.outcome, waiting.reason), ("send", None));
    let shown = waiting.shown();
    assert_eq!(shown, ("defer", Some(Reason::ReservationUnavailable)));
    assert_eq!(waiting.trace, record.trace);
}

/// A rule's verdict on a lead with this address.
fn word_about(rule: &str, state: Option<&str>, postal_code: Option<&str>) -> RuleVerdict {
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now());
    context.message.lead.state = state.map(str::to_owned);
    context.message.lead.postal_code = postal_code.map(str::to_owned);
    word(rule, &facts::submission(now()), &context)
}

#[test]
fn a_stated_place_that_is_not_understood_is_named_with_its_field() {
    let said = word_about("jurisdiction", Some("Floridaa"), Some("0"));
    assert_eq!(said.verdict, VerdictKind::Warn);
    assert_eq!(said.reason, Some(Reason::StatedPlaceNotUnderstood));
    assert_eq!(said.facts["not_understood"], "state,postalCode");
    assert_eq!(said.findings.len(), 2);
    assert!(said.findings[0].contains("`state` is not understood"));
    assert!(said.findings[1].contains("`postalCode` is not understood"));
    let text = format!("{said:?}");
    assert!(
        !text.contains("Floridaa"),
        "the lead's own words stay out: {text}"
    );
}

#[test]
fn a_stated_place_that_may_be_two_or_lies_nowhere_is_explained() {
    let said = word_about("jurisdiction", Some("Washington"), None);
    assert_eq!(said.verdict, VerdictKind::Allow);
    assert_eq!(said.facts["places"], "GA,WA,DC");
    assert!(said.findings[0].contains("may mean WA or DC"));
    let said = word_about("jurisdiction", None, Some("09001"));
    assert_eq!(said.facts["places"], "GA,DEFAULT_STRICT");
    assert!(said.findings[0].contains("military mail"));
    let said = word_about("jurisdiction", Some("Georgia"), Some("30301"));
    assert_eq!(said.facts["places"], "GA");
    assert!(said.findings.is_empty());
}

#[test]
fn a_capacity_zone_that_is_not_understood_is_explained() {
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now());
    let mut org = context.org.as_ref().clone();
    org.policy.capacity_zone = "America/NewYork".to_owned();
    context.org = Arc::new(org);
    let said = word("capacity", &facts::submission(now()), &context);
    assert_eq!(said.facts["not_understood"], "capacityZone");
    assert!(said.findings[0].contains("America/Los_Angeles"));
}
