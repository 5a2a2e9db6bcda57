//! `ReceivedMediaQueue`: files of received messages are read once and go with their text.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::content::{Attachments, Media, Text};
use sms_domain::ports::{
    EraseTexts, InboundOutcome, MediaFile, MediaKey, MediaRepository, ReadMedia, ReadModel as _,
    ReceivedMediaQueue, RetentionRepository, WaitingMedia,
};
use sms_domain::values::ids::{MediaId, MessageId};
use sms_testkit::fixtures::{noon, organization_id};

use crate::support::{Store, uuid};
use crate::texts::{change, facts, record, text_in};

fn at_provider(n: u32) -> Media {
    Media {
        url: Text::new(format!("https://media.example/{n}")),
        content_type: Some("image/jpeg".to_owned()),
        size: None,
        sha256: None,
    }
}

fn ours() -> Media {
    Media {
        url: Text::new("https://sms.example/media/1"),
        ..at_provider(1)
    }
}

/// A received text with two files.
async fn received(store: &Store) -> MessageId {
    let mut sms = text_in(1, 1, "Look", noon());
    sms.attachments = Attachments {
        subject: None,
        media: vec![at_provider(1), at_provider(2)],
    };
    let change = change(1, &sms, &facts(store, 1).await);
    let id = change.message.id;
    assert_eq!(record(store, change).await, InboundOutcome::New);
    id
}

fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

async fn claim(store: &Store, now: DateTime<Utc>) -> Vec<WaitingMedia> {
    let lease_until = now + TimeDelta::minutes(5);
    store.pg.claim_media(now, lease_until, 10).await.unwrap()
}

fn key() -> MediaKey {
    MediaKey {
        organization_id: organization_id(),
        id: MediaId::new(uuid(89, 1)),
    }
}

fn read(message_id: MessageId, next_at: Option<DateTime<Utc>>) -> ReadMedia {
    ReadMedia {
        organization_id: organization_id(),
        message_id,
        files: vec![(key().id, MediaFile::new("image/jpeg", None, vec![7; 10]))],
        media: vec![ours(), at_provider(2)],
        tries: 0,
        next_at,
        at: noon(),
    }
}

#[tokio::test]
async fn a_message_with_files_is_claimed_by_one_until_its_lease_ends() {
    let store = Store::new().await;
    let message_id = received(&store).await;
    let expected = WaitingMedia {
        organization_id: organization_id(),
        message_id,
        media: vec![at_provider(1), at_provider(2)],
        tries: 0,
    };
    assert_eq!(
        claim(&store, later(0)).await,
        std::slice::from_ref(&expected)
    );
    assert_eq!(claim(&store, later(4)).await, []);
    assert_eq!(claim(&store, later(5)).await, [expected]);
}

#[tokio::test]
async fn what_was_read_is_shown_and_the_rest_is_due_again() {
    let store = Store::new().await;
    let message_id = received(&store).await;
    claim(&store, later(0)).await;
    let again = read(message_id, Some(later(10)));
    store.pg.keep_media(again).await.unwrap();
    let found = store.pg.file(key(), noon()).await.unwrap().unwrap();
    assert_eq!(found.content, [7; 10]);
    let view = store.pg.message_view(organization_id(), message_id).await;
    let shown = view.unwrap().unwrap().attachments.media;
    assert_eq!(shown, [ours(), at_provider(2)]);
    assert_eq!(claim(&store, later(9)).await, []);
    let due = claim(&store, later(10)).await.remove(0);
    assert_eq!((due.tries, due.media), (1, shown));
    let done = ReadMedia {
        files: Vec::new(),
        tries: 1,
        ..read(message_id, None)
    };
    store.pg.keep_media(done).await.unwrap();
    assert_eq!(claim(&store, later(9_999)).await, []);
}

#[tokio::test]
async fn files_go_with_the_text_and_none_is_kept_afterwards() {
    let store = Store::new().await;
    let message_id = received(&store).await;
    claim(&store, later(0)).await;
    store.pg.keep_media(read(message_id, None)).await.unwrap();
    let step = EraseTexts {
        organization_id: organization_id(),
        before: later(60),
        after: None,
        limit: 100,
    };
    assert_eq!(store.pg.erase_texts(step).await.unwrap().erased, 1);
    assert_eq!(store.count("media").await, 0);
    store.pg.keep_media(read(message_id, None)).await.unwrap();
    assert_eq!(store.count("media").await, 0);
}

#[tokio::test]
async fn an_erasure_that_began_before_files_were_kept_finds_the_message_changed() {
    let store = Store::new().await;
    let message_id = received(&store).await;
    let version = "SELECT version FROM messages";
    let before = store.number(version).await;
    let nothing = ReadMedia {
        files: Vec::new(),
        ..read(message_id, Some(later(10)))
    };
    store.pg.keep_media(nothing).await.unwrap();
    assert_eq!(store.number(version).await, before);
    let files = ReadMedia {
        tries: 1,
        ..read(message_id, None)
    };
    store.pg.keep_media(files).await.unwrap();
    assert_eq!(store.number(version).await, before + 1);
}

#[tokio::test]
async fn a_try_that_outlasted_its_lease_changes_nothing_after_the_next_one() {
    let store = Store::new().await;
    let message_id = received(&store).await;
    claim(&store, later(0)).await;
    claim(&store, later(5)).await;
    store.pg.keep_media(read(message_id, None)).await.unwrap();
    let late = ReadMedia {
        files: Vec::new(),
        media: vec![at_provider(1), at_provider(2)],
        ..read(message_id, Some(later(10)))
    };
    store.pg.keep_media(late).await.unwrap();
    let view = store.pg.message_view(organization_id(), message_id).await;
    let shown = view.unwrap().unwrap().attachments.media;
    assert_eq!(shown, [ours(), at_provider(2)]);
    assert_eq!(claim(&store, later(9_999)).await, []);
}
