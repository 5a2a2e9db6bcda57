//! `DispatchQueue`.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::lifecycle::{MessageChange, RecipientChange};
use sms_domain::message::Priority;
use sms_domain::ports::{Claim, DispatchQueue, Due};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{MessageId, OrganizationId};
use sms_postgres::Pg;
use sms_testkit::fixtures::{altered, noon, organization_id};

use crate::changes::{account, claimed, message_id, plan, queued, queued_with, scheduled};
use crate::support::{LEADS, Store, claim_of, other_organization, other_seed};

fn lease() -> DateTime<Utc> {
    noon() + TimeDelta::seconds(30)
}

async fn claim(pg: &Pg, now: DateTime<Utc>, limit: usize) -> Vec<Due> {
    pg.claim(claim_of(now, now + TimeDelta::seconds(30), limit))
        .await
        .unwrap()
}

fn ids(due: &[Due]) -> Vec<MessageId> {
    due.iter().map(|due| due.message.id).collect()
}

/// The new message `n`, due at an instant.
fn due_at(n: u32, at: DateTime<Utc>, priority: Priority) -> MessageChange {
    let mut change = queued_with(n, plan());
    change.guards.recipient = RecipientChange::None;
    change.message = altered(&change.message, |message| {
        message.due_at = Some(at);
        message.submission.priority = priority;
    });
    change
}

fn minute(n: i64) -> DateTime<Utc> {
    noon() - TimeDelta::hours(1) + TimeDelta::minutes(n)
}

#[tokio::test]
async fn a_row_is_claimed_once_it_is_due() {
    let store = Store::new().await;
    let later = noon() + TimeDelta::hours(1);
    let waiting = store.commit(scheduled(1, later)).await.unwrap();
    let before = later - TimeDelta::microseconds(1);
    assert_eq!(claim(&store.pg, before, 10).await, []);
    let due = claim(&store.pg, later, 10).await;
    let expected = Due {
        message: waiting,
        attempt: None,
    };
    assert_eq!(due, [expected]);
}

#[tokio::test]
async fn system_messages_come_first_then_the_longest_due() {
    let store = Store::new().await;
    let changes = vec![
        due_at(1, minute(1), Priority::Bulk),
        due_at(2, minute(9), Priority::Immediate),
        due_at(3, minute(8), Priority::Immediate),
        due_at(4, minute(30), Priority::System),
        due_at(5, minute(2), Priority::Bulk),
    ];
    store.commit_all(changes).await;
    let due = claim(&store.pg, noon(), 4).await;
    assert_eq!(ids(&due), [4, 3, 2, 1].map(message_id));
    assert_eq!(ids(&claim(&store.pg, noon(), 4).await), [message_id(5)]);
}

#[tokio::test]
async fn a_claimed_row_is_hidden_until_its_lease_ends_and_then_due_again() {
    let store = Store::new().await;
    store.queue(1).await;
    assert_eq!(claim(&store.pg, noon(), 10).await.len(), 1);
    assert_eq!(
        claim(&store.pg, lease() - TimeDelta::microseconds(1), 10).await,
        []
    );
    assert_eq!(ids(&claim(&store.pg, lease(), 10).await), [message_id(1)]);
}

#[tokio::test]
async fn of_two_workers_that_hold_one_row_only_one_commits() {
    let store = Store::new().await;
    store.queue(1).await;
    let slow = claim(&store.pg, noon(), 1).await.remove(0).message;
    let quick = claim(&store.pg, lease(), 1).await.remove(0).message;
    assert!(store.commit(claimed(&quick, 1)).await.is_ok());
    assert!(store.commit(claimed(&slow, 2)).await.is_err());
}

#[tokio::test]
async fn no_row_is_taken_by_two_workers() {
    let store = Store::new().await;
    let changes = (0..LEADS)
        .map(|n| due_at(n, minute(1), Priority::Bulk))
        .collect();
    store.commit_all(changes).await;
    let other_process = store.second_process(Duration::ZERO).await;
    let workers = (0..16).map(|worker| {
        let pg = if worker % 2 == 0 {
            store.pg.clone()
        } else {
            other_process.clone()
        };
        tokio::spawn(async move {
            let mut taken = Vec::new();
            loop {
                let due = claim(&pg, noon(), 5).await;
                if due.is_empty() {
                    return taken;
                }
                taken.extend(ids(&due));
            }
        })
    });
    let taken = futures_util::future::join_all(workers).await;
    let taken: Vec<MessageId> = taken.into_iter().flat_map(Result::unwrap).collect();
    let distinct: HashSet<MessageId> = taken.iter().copied().collect();
    assert_eq!(distinct.len(), taken.len());
    // A worker may find all rows locked by others and stop early; what is left is due for the next.
    let rest = claim(&store.pg, noon(), 1_000).await.len();
    assert_eq!(taken.len() + rest, LEADS as usize);
}

#[tokio::test]
async fn one_call_takes_at_most_one_row_of_a_recipient() {
    let store = Store::new().await;
    let changes = vec![
        due_at(1, minute(1), Priority::Immediate),
        due_at(1 + LEADS, minute(2), Priority::Immediate),
        due_at(1 + 2 * LEADS, minute(3), Priority::Bulk),
        due_at(2, minute(4), Priority::Bulk),
    ];
    store.commit_all(changes).await;
    assert_eq!(
        ids(&claim(&store.pg, noon(), 10).await),
        [message_id(1), message_id(2)]
    );
    assert_eq!(
        ids(&claim(&store.pg, noon(), 10).await),
        [message_id(1 + LEADS)]
    );
    assert_eq!(
        ids(&claim(&store.pg, noon(), 10).await),
        [message_id(1 + 2 * LEADS)]
    );
}

#[tokio::test]
async fn rows_of_paused_accounts_stay_untouched() {
    let store = Store::new().await;
    let mut elsewhere = queued(2);
    elsewhere.message = altered(&elsewhere.message, |message| {
        message.route.as_mut().unwrap().account = ProviderAccount::new("second");
    });
    store
        .commit_all(vec![queued(1), elsewhere, scheduled(3, noon())])
        .await;
    let due = store
        .pg
        .claim(Claim {
            paused: vec![account()],
            ..claim_of(noon(), lease(), 10)
        })
        .await
        .unwrap();
    let taken: HashSet<MessageId> = ids(&due).into_iter().collect();
    assert_eq!(
        taken,
        HashSet::from([2, 3].map(message_id)),
        "a message without a route has no account yet"
    );
    assert_eq!(ids(&claim(&store.pg, noon(), 10).await), [message_id(1)]);
}

#[tokio::test]
async fn rows_under_way_come_with_their_newest_attempt() {
    let store = Store::new().await;
    let (calling, first) = store.start(1).await;
    let (sent, second) = store.send(2).await;
    let now = calling.due_at.max(sent.due_at).unwrap();
    let due = claim(&store.pg, now, 10).await;
    let attempts: Vec<_> = due
        .into_iter()
        .map(|due| (due.message.id, due.attempt))
        .collect();
    let expected = [(calling.id, Some(first)), (sent.id, Some(second))];
    assert_eq!(attempts, expected);
}

/// The beginning of an attempt leaves the queue's row to the lease of its claim.
#[tokio::test]
async fn a_call_under_way_is_left_alone_until_its_deadline() {
    let store = Store::new().await;
    let (calling, _) = store.start(1).await;
    let deadline = calling.due_at.unwrap();
    assert!(deadline > noon());
    assert_eq!(claim(&store.pg, noon(), 10).await, []);
    assert_eq!(store.pg.next_due(&[]).await.unwrap(), Some(deadline));
    assert_eq!(ids(&claim(&store.pg, deadline, 10).await), [message_id(1)]);
}

#[tokio::test]
async fn no_more_rows_are_taken_than_asked_for() {
    let store = Store::new().await;
    let priorities = [Priority::System, Priority::Immediate, Priority::Bulk];
    let changes = (0..9).zip(priorities.into_iter().cycle());
    store
        .commit_all(changes.map(|(n, p)| due_at(n, minute(1), p)).collect())
        .await;
    assert_eq!(claim(&store.pg, noon(), 5).await.len(), 5);
    assert_eq!(claim(&store.pg, noon(), 0).await, []);
    assert_eq!(claim(&store.pg, noon(), 100).await.len(), 4);
}

#[tokio::test]
async fn the_next_due_instant_is_the_earliest_of_all() {
    let store = Store::new().await;
    assert_eq!(store.pg.next_due(&[]).await.unwrap(), None);
    let changes = vec![
        due_at(1, minute(20), Priority::System),
        due_at(2, minute(10), Priority::Bulk),
        due_at(3, minute(15), Priority::Immediate),
    ];
    store.commit_all(changes).await;
    assert_eq!(store.pg.next_due(&[]).await.unwrap(), Some(minute(10)));
}

#[tokio::test]
async fn the_next_due_instant_leaves_out_paused_accounts() {
    let store = Store::new().await;
    store
        .commit_all(vec![due_at(1, minute(10), Priority::Bulk)])
        .await;
    let others = [ProviderAccount::new("another")];
    assert_eq!(store.pg.next_due(&others).await.unwrap(), Some(minute(10)));
    let paused = [ProviderAccount::new("another"), account()];
    assert_eq!(store.pg.next_due(&paused).await.unwrap(), None);
}

/// The first `n` messages of an organization, each to another lead, due one after the other.
async fn flood(store: &Store, organization_id: OrganizationId, messages: Range<u32>) {
    flood_from(store, organization_id, messages, minute(1)).await;
}

/// As [`flood`], from an instant on.
async fn flood_from(
    store: &Store,
    organization_id: OrganizationId,
    messages: Range<u32>,
    begin: DateTime<Utc>,
) {
    let changes = messages.map(|n| {
        let at = begin + TimeDelta::milliseconds(n.into());
        let mut change = due_at(n, at, Priority::Bulk);
        change.message = altered(&change.message, |message| {
            message.organization_id = organization_id;
        });
        change
    });
    for result in store.commit_all(changes.collect()).await {
        result.unwrap();
    }
}

fn organizations(due: &[Due]) -> Vec<OrganizationId> {
    due.iter().map(|due| due.message.organization_id).collect()
}

#[tokio::test]
async fn an_organization_with_many_rows_keeps_none_of_anothers_waiting() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    flood(&store, organization_id(), 0..60).await;
    flood(&store, other_organization(), 60..63).await;
    let first = claim(&store.pg, noon(), 4).await;
    let of_other = |due: &[Due]| {
        let owners = organizations(due);
        owners
            .iter()
            .filter(|id| **id == other_organization())
            .count()
    };
    assert_eq!((first.len(), of_other(&first)), (4, 2));
    let second = claim(&store.pg, noon(), 4).await;
    assert_eq!(of_other(&second), 1, "its last one");
    // What the other leaves over goes to the one that has rows.
    assert_eq!(claim(&store.pg, noon(), 4).await.len(), 4);
}

/// Each claim of two rows makes two of the longest due ready, and four of those that came due since the last one.
#[tokio::test]
async fn what_comes_due_behind_a_flood_is_taken_soon_however_much_comes_due_at_once() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    assert_eq!(claim(&store.pg, minute(0), 2).await.len(), 0);
    flood(&store, organization_id(), 0..40).await;
    claim(&store.pg, minute(2), 2).await;
    flood_from(&store, other_organization(), 50..51, minute(3)).await;
    flood_from(&store, organization_id(), 60..80, minute(3)).await;
    let mut owners = Vec::new();
    for _ in 0..15 {
        owners.extend(organizations(&claim(&store.pg, noon(), 2).await));
    }
    assert!(owners.contains(&other_organization()), "{owners:?}");
}

#[tokio::test]
async fn organizations_take_turns_from_one_claim_to_the_next() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    flood(&store, organization_id(), 0..10).await;
    flood(&store, other_organization(), 10..20).await;
    let mut owners = Vec::new();
    for _ in 0..6 {
        owners.extend(organizations(&claim(&store.pg, noon(), 1).await));
    }
    for pair in owners.windows(2) {
        assert_ne!(pair[0], pair[1], "{owners:?}");
    }
}

#[tokio::test]
async fn of_an_organization_that_holds_much_no_more_rows_are_taken_than_it_has_room_for() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    flood(&store, organization_id(), 0..10).await;
    flood(&store, other_organization(), 10..12).await;
    let mut request = claim_of(noon(), lease(), 10);
    request.rooms = vec![(organization_id(), 0)];
    let due = store.pg.claim(request.clone()).await.unwrap();
    assert_eq!(organizations(&due), [other_organization(); 2]);
    request.rooms = vec![(organization_id(), 3)];
    let due = store.pg.claim(request).await.unwrap();
    assert_eq!(organizations(&due), [organization_id(); 3]);
    assert_eq!(claim(&store.pg, noon(), 100).await.len(), 7);
}

#[tokio::test]
async fn accounts_share_a_claim() {
    let store = Store::new().await;
    let elsewhere = (0..30).map(|n| {
        let mut change = due_at(n, minute(1), Priority::Bulk);
        change.message = altered(&change.message, |message| {
            message.route.as_mut().unwrap().account = ProviderAccount::new("zebra");
        });
        change
    });
    store.commit_all(elsewhere.collect()).await;
    let usual = (30..60).map(|n| due_at(n, minute(2), Priority::Bulk));
    store.commit_all(usual.collect()).await;
    let due = claim(&store.pg, noon(), 10).await;
    let account_of = |due: &Due| due.message.route.as_ref().unwrap().account.clone();
    let of_zebra = due
        .iter()
        .filter(|due| account_of(due) == ProviderAccount::new("zebra"));
    assert_eq!((due.len(), of_zebra.count()), (10, 5));
}

#[tokio::test]
async fn what_is_done_with_leaves_the_queue() {
    let store = Store::new().await;
    store.queue(1).await;
    store.start(2).await;
    assert_eq!(store.count("due").await, 2);
    let (sent, attempt) = store.send(3).await;
    let waits = i64::from(sent.due_at.is_some());
    assert_eq!(store.count("due").await, 2 + waits);
    drop(attempt);
    let waiting = "SELECT count(*) FROM messages WHERE due_at IS NOT NULL";
    assert_eq!(store.number(waiting).await, store.count("due").await);
}
