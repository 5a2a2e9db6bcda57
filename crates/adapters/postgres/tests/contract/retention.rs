//! `RetentionRepository`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::content::{Media, Text};
use sms_domain::facts::Policy;
use sms_domain::lifecycle::MessageChange;
use sms_domain::lifecycle::retention::{Perishable, TextRetention};
use sms_domain::message::Message;
use sms_domain::numbers::{HealthChange, HealthReason, ReputationEvent, ReputationReport};
use sms_domain::ports::{
    CommitError, EraseTexts, ErasedTexts, NumberRepository, ReadModel as _, ReceiptRepository,
    RemoveOld, RetentionRepository, Seed,
};
use sms_domain::values::Health;
use sms_testkit::fixtures::{altered, noon, number_id, organization_id};

use crate::changes::{canceled, delivered, draft, event, key, message_id, queued, scheduled};
use crate::support::{Store, other_organization, seed_of};
use crate::texts::{change, facts, receive, record, text_in};

/// Later than everything that a test does.
fn later() -> DateTime<Utc> {
    noon() + TimeDelta::days(1)
}

fn whole(before: DateTime<Utc>) -> EraseTexts {
    EraseTexts {
        organization_id: organization_id(),
        before,
        after: None,
        limit: 100,
    }
}

async fn erase(store: &Store, step: EraseTexts) -> ErasedTexts {
    store.pg.erase_texts(step).await.unwrap()
}

/// Message `n` is over.
async fn cancel(store: &Store, n: u32) -> Message {
    let waiting = store.commit(scheduled(n, later())).await.unwrap();
    store.commit(canceled(waiting)).await.unwrap()
}

async fn is_erased(store: &Store, n: u32) -> bool {
    let message = store.find(message_id(n)).await.unwrap();
    message.submission.text.is_erased()
}

async fn remove(store: &Store, what: Perishable, before: DateTime<Utc>) -> usize {
    let step = RemoveOld::new(what, before);
    let removed = store.pg.remove(step).await.unwrap();
    assert_eq!(removed.next, None, "the table is small");
    removed.rows
}

#[tokio::test]
async fn only_organizations_whose_policy_says_so_erase_texts() {
    let store = Store::new().await;
    assert!(store.pg.text_retentions().await.unwrap().is_empty());
    let mut erasing = seed_of(other_organization()).organizations;
    erasing[0].default_number_id = None;
    erasing[0].policy = Policy {
        retention_days: Some(30),
        ..Policy::default()
    };
    store
        .seed(&Seed {
            organizations: erasing,
            ..Seed::default()
        })
        .await;
    let expected = TextRetention {
        organization_id: other_organization(),
        kept: TimeDelta::days(30),
    };
    assert_eq!(store.pg.text_retentions().await.unwrap(), [expected]);
}

#[tokio::test]
async fn the_text_of_a_message_that_is_over_is_erased_and_everything_else_stays() {
    let store = Store::new().await;
    let before = cancel(&store, 1).await;
    assert_eq!(erase(&store, whole(later())).await.erased, 1);
    let after = store.find(message_id(1)).await.unwrap();
    let erased = altered(&before, |message| {
        message.submission.text = Text::erased();
        message.version = after.version;
    });
    assert_eq!(after, erased);
}

#[tokio::test]
async fn the_files_of_a_message_go_with_its_text() {
    let store = Store::new().await;
    let mut change = scheduled(1, later());
    change.message = altered(&change.message, |message| {
        message.submission.media = vec![Media {
            url: Text::new("https://media.example/1"),
            content_type: Some("image/png".to_owned()),
            size: Some(9),
            sha256: None,
        }];
    });
    let waiting = store.commit(change).await.unwrap();
    assert!(waiting.submission.is_mms());
    store.commit(canceled(waiting)).await.unwrap();
    erase(&store, whole(later())).await;
    let after = store.find(message_id(1)).await.unwrap();
    assert_eq!(after.submission.media, []);
    let left = "SELECT count(*) FROM submissions WHERE options::jsonb ? 'media'";
    assert_eq!(store.number(left).await, 0);
}

#[tokio::test]
async fn the_text_of_a_received_message_is_erased() {
    let store = Store::new().await;
    receive(&store, 1, 1, "When can you come?", noon()).await;
    assert_eq!(erase(&store, whole(later())).await.erased, 1);
    let kept =
        "SELECT count(*) FROM submissions WHERE received_at IS NOT NULL AND body IS NOT NULL";
    assert_eq!(store.number(kept).await, 0);
}

#[tokio::test]
async fn the_bytes_of_a_request_go_with_the_text() {
    let store = Store::new().await;
    let (message, attempt) = store.send(1).await;
    let over = delivered(message, attempt, noon() + TimeDelta::seconds(3));
    store.commit(over).await.unwrap();
    store
        .execute("UPDATE attempts SET request = '\\x7b7d'")
        .await;
    erase(&store, whole(later())).await;
    let left = "SELECT count(*) FROM attempts WHERE request IS NOT NULL";
    assert_eq!(store.number(left).await, 0);
}

#[tokio::test]
async fn a_message_that_may_still_have_to_be_moved_keeps_its_text() {
    let store = Store::new().await;
    store
        .commit(MessageChange::drafted(draft(1), noon()).unwrap())
        .await
        .unwrap();
    store.commit(scheduled(2, later())).await.unwrap();
    store.queue(3).await;
    store.start(4).await;
    store.send(5).await;
    assert_eq!(erase(&store, whole(later())).await.erased, 0);
    for n in 1..=5 {
        assert!(!is_erased(&store, n).await, "{n}");
    }
}

#[tokio::test]
async fn a_message_that_changed_since_keeps_its_text() {
    let store = Store::new().await;
    let changed_at = cancel(&store, 1).await.timeline.modified_at;
    assert_eq!(erase(&store, whole(changed_at)).await.erased, 0);
    let just_after = changed_at + TimeDelta::microseconds(1);
    assert_eq!(erase(&store, whole(just_after)).await.erased, 1);
}

#[tokio::test]
async fn another_organizations_texts_stay() {
    let store = Store::new().await;
    cancel(&store, 1).await;
    let step = EraseTexts {
        organization_id: other_organization(),
        ..whole(later())
    };
    assert_eq!(erase(&store, step).await, ErasedTexts::default());
    assert!(!is_erased(&store, 1).await);
}

#[tokio::test]
async fn what_was_decided_over_the_text_does_not_bring_it_back() {
    let store = Store::new().await;
    let (message, attempt) = store.send(1).await;
    let seen = store
        .commit(delivered(message, attempt.clone(), noon()))
        .await
        .unwrap();
    let late = delivered(seen, attempt, noon() + TimeDelta::seconds(9));
    erase(&store, whole(later())).await;
    assert_eq!(store.commit(late).await, Err(CommitError::Conflict));
    assert!(is_erased(&store, 1).await);
}

#[tokio::test]
async fn late_evidence_about_an_erased_message_is_recorded() {
    let store = Store::new().await;
    let (message, attempt) = store.send(1).await;
    let over = store
        .commit(delivered(message, attempt.clone(), noon()))
        .await
        .unwrap();
    erase(&store, whole(later())).await;
    let erased = store.find(over.id).await.unwrap();
    let late = delivered(erased, attempt, noon() - TimeDelta::seconds(9));
    assert!(store.commit(late).await.is_ok());
    assert!(is_erased(&store, 1).await);
}

#[tokio::test]
async fn steps_go_from_the_oldest_message_to_the_newest() {
    let store = Store::new().await;
    for n in 1..=5 {
        cancel(&store, n).await;
    }
    let two = EraseTexts {
        limit: 2,
        ..whole(later())
    };
    let first = erase(&store, two).await;
    let expected = ErasedTexts {
        erased: 2,
        done_to: Some(message_id(2)),
        looked_at: Some(message_id(2)),
    };
    assert_eq!(first, expected);
    let rest = EraseTexts {
        after: first.looked_at,
        ..whole(later())
    };
    let expected = ErasedTexts {
        erased: 3,
        done_to: Some(message_id(5)),
        looked_at: None,
    };
    assert_eq!(erase(&store, rest).await, expected);
}

#[tokio::test]
async fn a_step_says_up_to_where_nothing_is_left() {
    let store = Store::new().await;
    cancel(&store, 1).await;
    store.commit(scheduled(2, later())).await.unwrap();
    cancel(&store, 3).await;
    let done = erase(&store, whole(later())).await;
    assert_eq!((done.erased, done.done_to), (2, Some(message_id(1))));
    store.commit(scheduled(0, later())).await.unwrap();
    assert_eq!(erase(&store, whole(later())).await.done_to, None);
}

#[tokio::test]
async fn two_processes_erase_each_text_once() {
    let store = Store::new().await;
    for n in 1..=20 {
        cancel(&store, n).await;
    }
    let other = store.second_process(Duration::ZERO).await;
    let (one, two) = futures_util::future::join(
        store.pg.erase_texts(whole(later())),
        other.erase_texts(whole(later())),
    )
    .await;
    assert_eq!(one.unwrap().erased + two.unwrap().erased, 20);
}

#[tokio::test]
async fn keys_are_removed_once_they_have_expired() {
    let store = Store::new().await;
    let mut change = queued(1);
    change.idempotency = key("order-7");
    store.commit(change).await.unwrap();
    let expires_at = noon() + TimeDelta::days(1);
    assert_eq!(
        remove(&store, Perishable::IdempotencyKeys, expires_at).await,
        0
    );
    let after = expires_at + TimeDelta::seconds(1);
    assert_eq!(remove(&store, Perishable::IdempotencyKeys, after).await, 1);
    assert_eq!(store.count("idempotency_keys").await, 0);
}

#[tokio::test]
async fn counters_are_removed_by_when_their_window_began() {
    let store = Store::new().await;
    store.queue(1).await;
    let (hour, day) = (noon(), noon() - TimeDelta::hours(9));
    assert_eq!(remove(&store, Perishable::NumberUsage, day).await, 0);
    assert_eq!(remove(&store, Perishable::NumberUsage, hour).await, 1);
    assert_eq!(store.used_this_hour().await, 1);
}

#[tokio::test]
async fn old_counters_of_campaigns_are_removed() {
    let store = Store::new().await;
    store
        .execute(
            "INSERT INTO campaign_counters (organization_id, campaign_id, day_start, used)
             SELECT id, id, '2026-03-03 05:00Z', 1 FROM organizations",
        )
        .await;
    assert_eq!(remove(&store, Perishable::CampaignUsage, noon()).await, 1);
}

#[tokio::test]
async fn old_reputation_events_are_removed() {
    let store = Store::new().await;
    for (n, at) in [(1, noon()), (2, later())] {
        let report = ReputationReport {
            organization_id: organization_id(),
            number_id: number_id(),
            event: ReputationEvent::Undelivered,
            at,
            reference: format!("m/{n}"),
        };
        store.pg.record_reputation(report).await.unwrap();
    }
    assert_eq!(
        remove(&store, Perishable::ReputationEvents, later()).await,
        1
    );
    assert_eq!(store.count("number_troubles").await, 1);
}

#[tokio::test]
async fn the_newest_change_of_a_numbers_health_stays() {
    let store = Store::new().await;
    let steps = [
        (Health::Healthy, Health::Limited),
        (Health::Limited, Health::Healthy),
    ];
    for (minute, (seen, to)) in (0..).zip(steps) {
        let change = HealthChange {
            to,
            reason: HealthReason::TemporarySpamBlock,
            cooling_until: None,
        };
        let number = (organization_id(), number_id());
        let at = noon() + TimeDelta::minutes(minute);
        assert!(
            store
                .pg
                .change_health(number, seen, change, at)
                .await
                .unwrap()
        );
    }
    assert_eq!(remove(&store, Perishable::HealthChanges, later()).await, 1);
    let left = "SELECT count(*) FROM health_changes WHERE after = 'healthy'";
    assert_eq!(store.number(left).await, 1);
}

#[tokio::test]
async fn old_events_are_removed_whether_they_belong_to_a_message_or_not() {
    let store = Store::new().await;
    store.pg.keep_unmatched(event("e1")).await.unwrap();
    receive(&store, 2, 1, "Hello?", noon()).await;
    assert_eq!(remove(&store, Perishable::ProviderEvents, noon()).await, 0);
    assert_eq!(remove(&store, Perishable::ProviderEvents, later()).await, 2);
    assert_eq!(store.count("provider_events").await, 0);
}

#[tokio::test]
async fn what_came_with_a_text_goes_with_it() {
    let store = Store::new().await;
    let mut sms = text_in(1, 1, "", noon());
    sms.attachments.subject = Some(Text::new("My roof"));
    let change = change(1, &sms, &facts(&store, 1).await);
    let id = change.message.id;
    record(&store, change).await;
    assert_eq!(erase(&store, whole(noon())).await.erased, 0);
    assert_eq!(store.count("received_attachments").await, 1);
    assert_eq!(erase(&store, whole(later())).await.erased, 1);
    let left = store.pg.message_view(organization_id(), id).await.unwrap();
    assert!(left.unwrap().attachments.is_empty());
    assert_eq!(store.count("received_attachments").await, 0);
}

#[tokio::test]
async fn a_large_table_is_gone_through_in_steps() {
    let store = Store::new().await;
    store
        .execute(
            "INSERT INTO provider_events
                 (provider_account, event_id, event_type, occurred_at, received_at, payload)
             SELECT 'default', n::text, 'x', '2026-03-03 17:00Z', '2026-03-03 17:00Z',
                 convert_to(repeat(md5(n::text), 50), 'UTF8')
             FROM generate_series(1, 6000) AS n",
        )
        .await;
    let (mut steps, mut rows, mut next) = (0, 0, Some(0));
    while let Some(from) = next {
        let what = Perishable::ProviderEvents;
        let step = RemoveOld {
            from,
            ..RemoveOld::new(what, later())
        };
        let removed = store.pg.remove(step).await.unwrap();
        (steps, rows, next) = (steps + 1, rows + removed.rows, removed.next);
    }
    assert_eq!(rows, 6000);
    assert!(steps > 1, "all in one step");
}
