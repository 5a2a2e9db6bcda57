//! Decisions judged again from their snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sms_domain::case::features::TextFeatures;
use sms_domain::content::{Text, TextHashes};
use sms_domain::decision::{
    Decided, DecisionRecord, OrganizationSnapshot, OtherOrganization, Snapshot, Verified,
    WhatWasDecided, decide,
};
use sms_domain::facts::{
    CampaignFacts, CapacityWindows, Context, DEFAULT_CAPACITY_ZONE, IdentityPolicy, RecentSend,
    Usage, WindowUsage,
};
use sms_domain::message::Submission;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{CampaignId, ConsentId, MessageId};
use sms_domain::values::reason::Reason;
use sms_domain::values::{CampaignShare, CounterKind, Reservation};
use uuid::Uuid;

use sms_scenarios::Scenario;

use crate::{all, facts, rules};

/// A decision, with both of its snapshots as stored.
struct Kept {
    decided: Decided,
    snapshot: Value,
    organization: Value,
}

fn case(scenario: &Scenario) -> (Submission, Context, DateTime<Utc>) {
    let case = scenario.case(rules()).unwrap();
    (case.submission, case.context, case.now)
}

fn kept(scenario: &Scenario) -> Kept {
    let (submission, context, now) = case(scenario);
    Kept::of(&submission, &context, now)
}

impl Kept {
    fn of(submission: &Submission, context: &Context, now: DateTime<Utc>) -> Self {
        let features = TextFeatures::of(&submission.text, context);
        let snapshot = Snapshot::of(submission, &features, context, now);
        let organization = OrganizationSnapshot::of(&context.org);
        Self {
            decided: decide(submission, context, now),
            snapshot: serde_json::to_value(&snapshot).unwrap(),
            organization: serde_json::to_value(&organization).unwrap(),
        }
    }
}

/// Cases that a scenario cannot state.
fn others() -> Vec<Kept> {
    let now = "2026-12-15T17:00:00Z".parse().unwrap();
    let submission = facts::submission(now);
    let text = |text: &str| Submission {
        text: Text::new(text),
        ..submission.clone()
    };
    let sent_before = |text_hash| {
        let mut context = facts::context(vec![facts::number(1, "+14045550199")], now);
        let policy = &mut Arc::make_mut(&mut context.org).policy;
        policy.same_text_seconds = 300;
        policy.first_message = IdentityPolicy::Append;
        context.message.recipient.recent = vec![RecentSend {
            message_id: MessageId::new(Uuid::nil()),
            at: now,
            text_hash,
            is_counted: false,
        }];
        context
    };
    let plain = text("Your quote is ready.");
    let full = Text::new("Your quote is ready. - Acme Roofing. Reply STOP to opt out.");
    let (own, completed) = (TextHashes::of(&plain.text), TextHashes::of(&full));
    let hashes = [own.bare, own.exact, completed.bare, completed.exact];
    let alike = hashes.map(|hash| Kept::of(&plain, &sent_before(hash), now));
    let expired = Submission {
        valid_until: Some(now),
        ..submission.clone()
    };
    let mut proven = facts::context(vec![facts::number(1, "+14045550199")], now);
    let consent = proven.message.lead.consent.as_mut().unwrap();
    consent.record = Some(ConsentId::new(Uuid::from_u128(0xC0)));
    let others = [
        Kept::of(&expired, &sent_before(0), now),
        Kept::of(&submission, &proven, now),
        holding(&submission, now),
    ];
    alike.into_iter().chain(others).collect()
}

/// A message that holds the last capacity of its number and its campaign.
fn holding(submission: &Submission, now: DateTime<Utc>) -> Kept {
    let campaign_id = CampaignId::new(Uuid::from_u128(0xCA));
    let windows = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now);
    let used = |kind| WindowUsage {
        kind,
        window_start: windows.start(kind),
        used: 1,
    };
    let mut number = facts::number(1, "+14045550199");
    number.campaign_id = Some(campaign_id);
    (number.hourly_limit, number.daily_limit) = (Some(1), Some(1));
    number.last_used_at = Some(now);
    number.usage = Usage(vec![used(CounterKind::Hour), used(CounterKind::Day)]);
    let own = Reservation {
        number_id: number.id,
        hour_start: windows.hour_start,
        hour_limit: Some(1),
        day_start: windows.day_start,
        day_limit: Some(1),
        campaign: Some(CampaignShare {
            campaign_id,
            segments: 1,
            day_limit: Some(1),
        }),
    };
    let mut context = facts::context(vec![number], now);
    Arc::make_mut(&mut context.org).campaigns = vec![CampaignFacts {
        id: campaign_id,
        ten_dlc_campaign_id: None,
        minute_limit: None,
        daily_limit: Some(1),
        usage: Usage(vec![used(CounterKind::Day)]),
    }];
    context.message.lead.campaign_id = Some(campaign_id);
    context.own_reservation = Some(own);
    Kept::of(submission, &context, now)
}

/// The decision on stored snapshots; `None` where they cannot be read.
fn judged(snapshot: &Value, organization: &Value) -> Option<Decided> {
    let snapshot: Snapshot = serde_json::from_value(snapshot.clone()).ok()?;
    let organization: OrganizationSnapshot = serde_json::from_value(organization.clone()).ok()?;
    let restored = snapshot.restore(&organization, rules()).ok()?;
    Some(restored.judge())
}

fn differ(one: &Decided, other: &Decided) -> bool {
    one.trace != other.trace || one.decision.outcome() != other.decision.outcome()
}

#[test]
fn every_scenario_is_decided_alike_on_its_snapshots() {
    for (path, scenario) in all() {
        let kept = kept(&scenario);
        let again = judged(&kept.snapshot, &kept.organization).unwrap();
        assert_eq!(again.trace, kept.decided.trace, "{}", path.display());
        assert!(!differ(&again, &kept.decided), "{}", path.display());
    }
}

#[test]
fn a_stored_decision_is_verified_and_an_altered_one_is_found() {
    for (path, scenario) in all() {
        let (submission, context, now) = case(&scenario);
        let decided = decide(&submission, &context, now);
        let basis = decided.basis(&submission, &context, now);
        let organization = OrganizationSnapshot::of(&basis.organization);
        let verify = |record: DecisionRecord| {
            let stored = WhatWasDecided::Record(Box::new(record));
            Verified::of(&stored, &basis.snapshot, &organization, rules())
        };
        let record = decided.record(now);
        let same = |judged: &DecisionRecord| Verified::Same {
            judged: Box::new(judged.clone()),
        };
        assert_eq!(verify(record.clone()), same(&record), "{}", path.display());
        let waiting = record.clone().deferred(Reason::ReservationUnavailable);
        assert_eq!(verify(waiting.clone()), same(&waiting));

        let mut dearer = record.clone();
        dearer.trace.price = Money::from_micros(1);
        let found = verify(dearer);
        assert_eq!(
            found,
            Verified::Different {
                judged: Box::new(record.clone())
            }
        );
        for (part, other) in [("build", "buildx"), ("data", "datax"), ("tz", "tz 1")] {
            let mut old = record.clone();
            old.trace.rules_version = record.trace.rules_version.replace(part, other);
            assert_eq!(verify(old), Verified::OtherRules, "{part}");
        }
    }
}

#[test]
fn a_snapshot_of_another_state_of_the_organization_is_refused() {
    let (_, scenario) = all().remove(0);
    let (submission, context, now) = case(&scenario);
    let features = TextFeatures::of(&submission.text, &context);
    let snapshot = Snapshot::of(&submission, &features, &context, now);
    let mut other = Context::clone(&context);
    Arc::make_mut(&mut other.org).numbers.clear();
    let other = OrganizationSnapshot::of(&other.org);
    let refused = snapshot.restore(&other, context.rules);
    assert_eq!(refused.unwrap_err(), OtherOrganization);
}

#[test]
fn a_snapshot_has_no_phone_number_no_text_and_no_name_of_a_person() {
    for (path, scenario) in all() {
        let (submission, context, _) = case(&scenario);
        let kept = kept(&scenario);
        let stored = format!("{}{}", kept.snapshot, kept.organization);
        let mut personal = vec![submission.to.as_str(), submission.text.as_str()];
        personal.extend(
            context
                .org
                .numbers
                .iter()
                .map(|number| number.phone.as_str()),
        );
        for personal in personal.iter().filter(|text| text.len() > 6) {
            assert!(!stored.contains(personal), "{}: {personal}", path.display());
        }
    }
}

/// A field that changes no decision is stored for nothing: each field has a scenario whose decision is
/// another one if the field has another value that it has elsewhere, or is at its default.
#[test]
fn every_stored_field_is_read() {
    let mut decisions: Vec<Kept> = all().iter().map(|(_, scenario)| kept(scenario)).collect();
    decisions.extend(others());
    let of_decision = unread(
        &decisions,
        |kept| &kept.snapshot,
        |kept, value| judged(value, &kept.organization),
    );
    assert_eq!(of_decision, BTreeSet::new());
    let of_organization = unread(
        &decisions,
        |kept| &kept.organization,
        |kept, value| judged(&kept.snapshot, value),
    );
    // The policy is kept whole; its fields are those of the seed.
    let unread: Vec<&String> = (of_organization.iter())
        .filter(|path| !path.starts_with("/policy/"))
        .collect();
    assert_eq!(unread, Vec::<&String>::new());
}

/// The fields whose other values change no decision.
fn unread(
    all: &[Kept],
    part: impl Fn(&Kept) -> &Value,
    judge: impl Fn(&Kept, &Value) -> Option<Decided>,
) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for kept in all {
        for (pointer, value) in fields(part(kept)) {
            let values = seen.entry(pattern(&pointer)).or_default();
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    let is_read = |pattern_: &String, values: &[Value]| {
        all.iter().any(|kept| {
            let own = fields(part(kept)).into_iter();
            own.filter(|(pointer, _)| pattern(pointer) == *pattern_)
                .any(|(pointer, own)| {
                    let others = values.iter().cloned().chain(defaults(&own));
                    others.filter(|other| *other != own).take(40).any(|other| {
                        let mut changed = part(kept).clone();
                        *changed.pointer_mut(&pointer).unwrap() = other;
                        judge(kept, &changed).is_some_and(|again| differ(&again, &kept.decided))
                    })
                })
        })
    };
    // What always has parts is covered by them.
    let is_field = |values: &[Value]| values.iter().any(|value| !is_compound(value));
    seen.into_iter()
        .filter(|(pattern, values)| is_field(values) && !is_read(pattern, values))
        .map(|(pattern, _)| pattern)
        .collect()
}

/// Everything in a value by its JSON pointer.
fn fields(value: &Value) -> Vec<(String, Value)> {
    let inside = |name: String, value: &Value| {
        let inner = fields(value).into_iter();
        let inner = inner.map(|(path, value)| (format!("/{name}{path}"), value));
        inner.collect::<Vec<_>>()
    };
    let inner: Vec<_> = match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| inside(name.clone(), value))
            .collect(),
        Value::Array(items) => (0_usize..)
            .zip(items)
            .flat_map(|(index, value)| inside(index.to_string(), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    [(String::new(), value.clone())]
        .into_iter()
        .chain(inner)
        .collect()
}

fn is_compound(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// A pointer without indices, so that the items of a list count as one field.
fn pattern(pointer: &str) -> String {
    let parts = pointer.split('/');
    let plain = parts.map(|part| part.parse::<usize>().map_or(part, |_| "*"));
    plain.collect::<Vec<_>>().join("/")
}

fn defaults(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(is) => vec![Value::Bool(!is)],
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            vec![
                0.into(),
                (number + 1).into(),
                (number - 86_400_000_000).into(),
            ]
        }
        Value::String(_) => {
            let ids = (0..8).map(|id| Value::from(Uuid::from_u128(id).to_string()));
            ids.chain([Value::from(""), Value::Null]).collect()
        }
        Value::Null | Value::Array(_) | Value::Object(_) => vec![Value::Null],
    }
}
