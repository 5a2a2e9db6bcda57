//! Stored decisions, judged again.

use std::sync::Arc;

use sms_application::{Verification, VerifyDecisions};
use sms_domain::decision::{DecisionRecord, OrganizationSnapshot, WhatWasDecided, decide};
use sms_domain::facts::Context;
use sms_domain::law::RuleData;
use sms_domain::ports::{
    DecisionPage, DecisionQuery, MockDecisionArchive, StoredBasis, StoredDecision,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::MessageId;
use sms_testkit::{fixtures, sequential_uuid};

fn decision(id: u64) -> StoredDecision {
    decision_on(&fixtures::context(), id)
}

/// A decision at noon on these facts, as it is stored.
pub(crate) fn decision_on(context: &Context, id: u64) -> StoredDecision {
    let now = fixtures::noon();
    let submission = fixtures::message().submission.clone();
    let decided = decide(&submission, context, now);
    let basis = decided.basis(&submission, context, now);
    StoredDecision {
        organization_id: fixtures::organization_id(),
        message_id: MessageId::new(sequential_uuid(id)),
        decided: WhatWasDecided::Record(Box::new(decided.record(now))),
        basis: Some(StoredBasis {
            snapshot: basis.snapshot,
            organization: Arc::new(OrganizationSnapshot::of(&basis.organization)),
        }),
    }
}

fn record(decision: &mut StoredDecision) -> &mut DecisionRecord {
    match &mut decision.decided {
        WhatWasDecided::Record(record) => record,
        WhatWasDecided::Digest(_) => panic!("a digest has no record"),
    }
}

/// The same decision, as it is kept when it confirms another.
fn confirmation(id: u64) -> StoredDecision {
    let mut confirmed = decision(id);
    let digest = record(&mut confirmed).digest();
    confirmed.decided = WhatWasDecided::Digest(digest);
    confirmed
}

/// Each page has one decision.
async fn verified(decisions: Vec<StoredDecision>) -> Verification {
    let mut archive = MockDecisionArchive::new();
    archive
        .expect_page()
        .returning(move |DecisionQuery { after, .. }| {
            let mut rest = decisions.iter();
            let next = rest.find(|decision| after.is_none_or(|(_, id)| decision.message_id > id));
            Ok(DecisionPage {
                last: next.map(|next| (next.organization_id, next.message_id)),
                decisions: next.cloned().into_iter().collect(),
            })
        });
    let rules = RuleData::bundled().unwrap();
    let verify = VerifyDecisions::new(Arc::new(archive), rules);
    verify.run(None).await.unwrap()
}

#[tokio::test]
async fn every_page_is_judged_and_counted() {
    let found = verified(vec![decision(1), decision(2), decision(3)]).await;
    assert_eq!((found.same, found.holds()), (3, true));
    let allowed = found.verdicts.get(&("wallet".to_owned(), "allow"));
    assert_eq!(allowed, Some(&3));
    assert_eq!(found.strategies.values().sum::<u64>(), 3);
}

#[tokio::test]
async fn a_decision_that_comes_out_otherwise_is_shown() {
    let mut dearer = decision(2);
    record(&mut dearer).trace.price = Money::from_micros(1);
    let found = verified(vec![decision(1), dearer.clone()]).await;
    assert_eq!((found.same, found.different, found.holds()), (1, 1, false));
    assert_eq!(found.examples[0].message_id, dearer.message_id);
    assert_eq!(*found.examples[0].judged, *record(&mut decision(2)));
}

#[tokio::test]
async fn a_confirmation_is_judged_by_the_digest_of_its_record() {
    let found = verified(vec![confirmation(1), decision(2)]).await;
    assert_eq!((found.same, found.confirmations), (2, 1));

    let mut other = confirmation(1);
    let mut dearer = decision(1);
    record(&mut dearer).trace.price = Money::from_micros(1);
    other.decided = WhatWasDecided::Digest(record(&mut dearer).digest());
    let found = verified(vec![other]).await;
    assert_eq!((found.different, found.holds()), (1, false));
    assert_eq!(found.examples[0].stored, None);

    let mut older = decision(1);
    record(&mut older).trace.rules_version = "1".to_owned();
    let mut of_older = confirmation(1);
    of_older.decided = WhatWasDecided::Digest(record(&mut older).digest());
    assert_eq!(verified(vec![of_older]).await.other_rules, 1);
}

#[tokio::test]
async fn what_cannot_be_judged_is_counted_apart() {
    let mut older = decision(1);
    record(&mut older).trace.rules_version = "1".to_owned();
    let mut bare = decision(2);
    bare.basis = None;
    let mut mixed = decision(3);
    let mut other = fixtures::context();
    Arc::make_mut(&mut other.org).numbers.clear();
    mixed.basis.as_mut().unwrap().organization = Arc::new(OrganizationSnapshot::of(&other.org));
    let found = verified(vec![older, bare, mixed]).await;
    let counts = (found.other_rules, found.without_facts, found.unreadable);
    assert_eq!((counts, found.holds()), ((1, 1, 1), false));
}
