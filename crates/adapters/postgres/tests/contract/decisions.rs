//! Stored decisions with what they rested on: each can be judged again.

use chrono::TimeDelta;
use sms_domain::carrier::RequestBody;
use sms_domain::decision::{DecisionRecord, Verified, WhatWasDecided, decide};
use sms_domain::law::RuleData;
use sms_domain::lifecycle::retention::Perishable;
use sms_domain::lifecycle::{
    AttemptSeed, HistorySource, MessageChange, RecipientChange, Redecided, Trigger,
};
use sms_domain::message::Message;
use sms_domain::ports::{
    AuditLog as _, AuditQuery, CommitError, DecisionArchive as _, DecisionExport, DecisionPage,
    DecisionQuery, RemoveOld, RetentionRepository as _, StoredDecision,
};
use sms_domain::values::ids::OrganizationId;
use sms_domain::values::reason::Reason;
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::changes::{decision, draft, message_id, queued};
use crate::support::{LEADS, Store, phone};

const ALL: DecisionQuery = DecisionQuery {
    after: None,
    since: None,
    organization: None,
    messages: 100,
};

/// The decision about a message on the stored facts.
async fn judged(store: &Store, message: Message, lead: u32) -> MessageChange {
    let context = message.left_out_of(store.context(lead).await);
    let decided = decide(&message.submission, &context, noon());
    let (trigger, source) = (Trigger::Judged, HistorySource::Dispatch);
    MessageChange::judged(message, trigger, &decided, &context, source, noon()).unwrap()
}

pub(crate) async fn accept(store: &Store, n: u32) -> Message {
    let change = judged(store, draft(n), n % LEADS).await;
    store.commit(change).await.unwrap()
}

async fn page(store: &Store, query: DecisionQuery) -> DecisionPage {
    store.pg.page(query).await.unwrap()
}

fn is_same(stored: &StoredDecision) -> bool {
    matches!(verified(stored), Verified::Same { .. })
}

fn record(stored: &StoredDecision) -> &DecisionRecord {
    match &stored.decided {
        WhatWasDecided::Record(record) => record,
        WhatWasDecided::Digest(_) => panic!("a digest has no record"),
    }
}

fn verified(stored: &StoredDecision) -> Verified {
    let basis = stored.basis.as_ref().expect("a basis");
    let rules = RuleData::bundled().unwrap();
    Verified::of(&stored.decided, &basis.snapshot, &basis.organization, rules)
}

#[tokio::test]
async fn every_decision_is_judged_again_and_comes_out_the_same() {
    let store = Store::new().await;
    for n in 1..=3 {
        accept(&store, n).await;
    }
    let found = page(&store, ALL).await;
    assert_eq!(found.decisions.len(), 3);
    for stored in &found.decisions {
        assert!(is_same(stored), "{}", stored.message_id);
    }
    assert_eq!(store.count("fact_snapshots").await, 1);
}

#[tokio::test]
async fn pages_follow_each_other_and_the_last_one_is_empty() {
    let store = Store::new().await;
    for n in 1..=5 {
        accept(&store, n).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let query = DecisionQuery {
            after,
            messages: 2,
            ..ALL
        };
        let next = page(&store, query).await;
        seen.extend(next.decisions.iter().map(|stored| stored.message_id));
        match next.last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    assert_eq!(seen, (1..=5).map(message_id).collect::<Vec<_>>());
}

#[tokio::test]
async fn only_messages_since_an_instant_are_examined() {
    let store = Store::new().await;
    accept(&store, 1).await;
    let since = |seconds| DecisionQuery {
        since: Some(noon() + TimeDelta::seconds(seconds)),
        ..ALL
    };
    assert_eq!(page(&store, since(0)).await.decisions.len(), 1);
    assert_eq!(page(&store, since(1)).await, DecisionPage::default());
}

#[tokio::test]
async fn only_messages_of_one_organization_are_examined() {
    let store = Store::new().await;
    accept(&store, 1).await;
    let of = |organization| DecisionQuery {
        organization: Some(organization),
        ..ALL
    };
    let own = page(&store, of(organization_id())).await;
    assert_eq!(own.decisions.len(), 1);
    let after = DecisionQuery {
        after: own.last,
        ..of(organization_id())
    };
    assert_eq!(page(&store, after).await, DecisionPage::default());
    for other in [0, u128::MAX] {
        let other = OrganizationId::new(uuid::Uuid::from_u128(other));
        assert_eq!(page(&store, of(other)).await, DecisionPage::default());
    }
}

#[tokio::test]
async fn an_export_is_in_the_audit_log() {
    let store = Store::new().await;
    let export = DecisionExport {
        since: Some(noon()),
        organization: Some(organization_id()),
        by: operator(),
        at: noon(),
    };
    store.pg.note_export(&export).await.unwrap();
    let query = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let entries: Vec<_> = log.into_iter().map(|record| record.entry).collect();
    assert!(entries.contains(&export.entry()), "{entries:?}");
}

#[tokio::test]
async fn a_later_decision_follows_the_first_with_facts_of_its_own() {
    let store = Store::new().await;
    let blocked = accept(&store, 1).await;
    store.execute("UPDATE leads SET is_archived = true").await;
    let context = blocked.left_out_of(store.context(1).await);
    let decided = decide(&blocked.submission, &context, noon());
    let trigger = Trigger::Resubmitted { is_forced: false };
    let source = HistorySource::Api;
    let again =
        MessageChange::judged(blocked, trigger, &decided, &context, source, noon()).unwrap();
    store.commit(again).await.unwrap();
    let found = page(&store, ALL).await.decisions;
    let reasons: Vec<_> = found.iter().map(|stored| record(stored).reason).collect();
    let before = Some(Reason::ImportedLeadRequiresConsent);
    assert_eq!(reasons, [before, Some(Reason::LeadArchived)]);
    assert!(found.iter().all(is_same));
}

#[tokio::test]
async fn changed_facts_of_the_organization_are_stored_beside_the_former() {
    let store = Store::new().await;
    accept(&store, 1).await;
    store
        .execute("UPDATE organizations SET rate_per_segment = 30000")
        .await;
    accept(&store, 2).await;
    accept(&store, 3).await;
    assert_eq!(store.count("fact_snapshots").await, 2);
    let found = page(&store, ALL).await.decisions;
    assert!(found.iter().all(is_same));
}

#[tokio::test]
async fn facts_of_a_commit_that_was_refused_are_stored_with_the_next() {
    let store = Store::new().await;
    let mut lost = judged(&store, draft(2), 2).await;
    lost.guards.recipient = RecipientChange::Advance {
        phone: phone(2),
        seen: 9,
        recent: Vec::new(),
    };
    assert_eq!(store.commit(lost).await, Err(CommitError::Conflict));
    assert_eq!(store.count("fact_snapshots").await, 0);
    accept(&store, 2).await;
    assert_eq!(store.count("fact_snapshots").await, 1);
}

#[tokio::test]
async fn a_decision_without_kept_facts_is_returned_without() {
    let store = Store::new().await;
    store.commit(queued(1)).await.unwrap();
    let found = page(&store, ALL).await.decisions;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (record(&found[0]), &found[0].basis),
        (&decision("send"), &None)
    );
    assert_eq!(found[0].organization_id, organization_id());
}

#[tokio::test]
async fn what_a_decision_rested_on_takes_little_room() {
    let store = Store::new().await;
    accept(&store, 1).await;
    let length = "SELECT length(first_decision)::bigint FROM submissions";
    let with = store.number(length).await;
    assert!(with < 900, "{with} bytes");
}

/// Consent of all leads, so that their messages leave.
const CONSENT: &str = "UPDATE leads SET consent_basis = 'express', consent_at = now()";

async fn begin(store: &Store, queued: Message) -> Message {
    let context = queued.left_out_of(store.context(1).await);
    let redecided = Redecided::of(queued, Some(context), noon());
    let Some(Redecided::Leaves(judged)) = redecided else {
        panic!("the message does not leave: {redecided:?}");
    };
    let seed = AttemptSeed {
        idempotency_key: "attempt-1".to_owned(),
        request: RequestBody(b"{}".to_vec()),
        deadline: noon() + TimeDelta::seconds(10),
    };
    let begun = MessageChange::claimed(judged, seed, noon()).unwrap();
    store.commit(begun).await.unwrap()
}

#[tokio::test]
async fn what_an_attempt_rested_on_is_kept_although_it_only_confirms() {
    let store = Store::new().await;
    store.execute(CONSENT).await;
    let queued = accept(&store, 1).await;
    store
        .execute("UPDATE organizations SET rate_per_segment = 30000")
        .await;
    begin(&store, queued).await;
    let found = page(&store, ALL).await.decisions;
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(is_same));
    assert!(matches!(found[0].decided, WhatWasDecided::Record(_)));
    assert!(matches!(found[1].decided, WhatWasDecided::Digest(_)));
    // The second decision was made on the organization's newer facts.
    assert_eq!(store.count("fact_snapshots").await, 2);
    let length = "SELECT length(confirmation)::bigint FROM attempts";
    let with = store.number(length).await;
    assert!(with < 300, "{with} bytes");
}

#[tokio::test]
async fn a_confirmation_that_cannot_be_read_is_an_error() {
    let store = Store::new().await;
    store.execute(CONSENT).await;
    let queued = accept(&store, 1).await;
    begin(&store, queued).await;
    store
        .execute(r"UPDATE attempts SET confirmation = '\x09'")
        .await;
    let error = format!("{:?}", store.pg.page(ALL).await.unwrap_err());
    assert!(error.contains("confirmation"), "{error}");
}

fn forgetting(what: Perishable) -> RemoveOld {
    RemoveOld::new(what, noon() + TimeDelta::days(1))
}

#[tokio::test]
async fn the_facts_behind_decisions_are_forgotten_and_the_decisions_stay() {
    let store = Store::new().await;
    store.execute(CONSENT).await;
    let queued = accept(&store, 1).await;
    begin(&store, queued).await;
    let before = page(&store, ALL).await.decisions;
    let own = |cutoff| RemoveOld {
        exceptions: vec![(organization_id(), cutoff)],
        ..forgetting(Perishable::FirstDecisions)
    };
    let kept = store.pg.remove(own(noon() - TimeDelta::days(9))).await;
    assert_eq!(kept.unwrap().rows, 0);
    for what in [Perishable::FirstDecisions, Perishable::Confirmations] {
        let removed = store.pg.remove(forgetting(what)).await.unwrap();
        assert_eq!((removed.rows, removed.next), (1, None), "{what}");
        let again = store.pg.remove(forgetting(what)).await.unwrap();
        assert_eq!(again.rows, 0, "{what}");
    }
    let after = page(&store, ALL).await.decisions;
    assert_eq!(after.len(), 1);
    assert_eq!(record(&after[0]), record(&before[0]));
    assert_eq!(after[0].basis, None);
}

#[tokio::test]
async fn the_facts_behind_later_decisions_are_forgotten_too() {
    let store = Store::new().await;
    let blocked = accept(&store, 1).await;
    let context = blocked.left_out_of(store.context(1).await);
    let decided = decide(&blocked.submission, &context, noon());
    let (trigger, source) = (
        Trigger::Resubmitted { is_forced: false },
        HistorySource::Api,
    );
    let again =
        MessageChange::judged(blocked, trigger, &decided, &context, source, noon()).unwrap();
    store.commit(again).await.unwrap();
    let step = forgetting(Perishable::LaterDecisions);
    assert_eq!(store.pg.remove(step).await.unwrap().rows, 1);
    let found = page(&store, ALL).await.decisions;
    let has_facts: Vec<bool> = found.iter().map(|one| one.basis.is_some()).collect();
    assert_eq!(has_facts, [true, false]);
    assert_eq!(record(&found[1]).reason, record(&found[0]).reason);
}
