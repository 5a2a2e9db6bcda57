//! `MediaRepository`: files are kept for their time, and found by their organization alone.

use chrono::TimeDelta;
use sms_domain::lifecycle::retention::Perishable;
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, FileFacts, MediaFile, MediaKey, MediaRepository, NewUpload,
    RemoveOld, RetentionRepository, UploadOutcome,
};
use sms_domain::values::ids::{MediaId, OrganizationId};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, other_seed, uuid};

fn key_of(organization_id: OrganizationId, n: u32) -> MediaKey {
    MediaKey {
        organization_id,
        id: MediaId::new(uuid(88, n)),
    }
}

fn key(n: u32) -> MediaKey {
    key_of(organization_id(), n)
}

/// A file of ten bytes, kept for a day, where there is room for 25.
fn upload(key: MediaKey) -> NewUpload {
    let file = MediaFile::new("image/png", Some("roof.png".to_owned()), vec![7; 10]);
    NewUpload {
        key,
        file,
        at: noon(),
        kept_until: noon() + TimeDelta::days(1),
        most_kept: 25,
        by: operator(),
    }
}

async fn add(store: &Store, upload: NewUpload) -> UploadOutcome {
    store.pg.add_upload(upload).await.unwrap()
}

#[tokio::test]
async fn a_file_is_read_back_until_its_time_is_over() {
    let store = Store::new().await;
    let new = upload(key(1));
    assert_eq!(add(&store, new.clone()).await, UploadOutcome::Kept);
    let just_before = new.kept_until - TimeDelta::microseconds(1);
    let found = store.pg.file(key(1), just_before).await.unwrap();
    assert_eq!(found, Some(new.file));
    assert_eq!(store.pg.file(key(1), new.kept_until).await.unwrap(), None);
    assert_eq!(store.pg.file(key(2), noon()).await.unwrap(), None);
}

#[tokio::test]
async fn another_organization_does_not_find_a_file() {
    let store = Store::new().await;
    add(&store, upload(key(1))).await;
    let theirs = key_of(other_organization(), 1);
    assert_eq!(store.pg.file(theirs, noon()).await.unwrap(), None);
}

#[tokio::test]
async fn uploads_beyond_the_organizations_room_are_refused() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    for (key, expected) in [
        (key(1), UploadOutcome::Kept),
        (key(2), UploadOutcome::Kept),
        (key(3), UploadOutcome::Full),
        (key_of(other_organization(), 3), UploadOutcome::Kept),
    ] {
        assert_eq!(add(&store, upload(key)).await, expected, "{key:?}");
    }
    assert_eq!(store.pg.file(key(3), noon()).await.unwrap(), None);
}

#[tokio::test]
async fn an_upload_that_is_kept_is_in_the_audit_log_without_its_name() {
    let store = Store::new().await;
    for n in 1..=3 {
        add(&store, upload(key(n))).await;
    }
    let query = AuditQuery {
        limit: 1000,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let mut entries = log.into_iter().map(|record| record.entry);
    let uploads: Vec<_> = entries
        .by_ref()
        .filter(|entry| entry.action == AuditAction::MediaUploaded)
        .collect();
    assert_eq!(uploads.len(), 2);
    assert_eq!(uploads[0].target, key(1).id.to_string());
    assert_eq!(uploads[0].after.as_ref().unwrap()["size"], 10);
    assert!(!format!("{uploads:?}").contains("roof"));
}

#[tokio::test]
async fn retention_removes_uploads_whose_time_is_over() {
    let store = Store::new().await;
    add(&store, upload(key(1))).await;
    let until = upload(key(1)).kept_until;
    for (before, expected) in [(until, 0), (until + TimeDelta::microseconds(1), 1)] {
        let step = RemoveOld::new(Perishable::Uploads, before);
        assert_eq!(store.pg.remove(step).await.unwrap().rows, expected);
    }
    assert_eq!(store.count("media").await, 0);
}

#[tokio::test]
async fn uploads_are_kept_longer_and_never_shorter_or_again() {
    let store = Store::new().await;
    let until = upload(key(1)).kept_until;
    let longer = until + TimeDelta::days(1);
    add(&store, upload(key(1))).await;
    for (now, asked, expected) in [
        (noon(), longer, longer),
        (noon(), until, longer),
        (longer, longer + TimeDelta::days(1), longer),
    ] {
        let kept = (store.pg).keep_uploads(organization_id(), vec![key(1).id], now, asked);
        kept.await.unwrap();
        let just_before = expected - TimeDelta::microseconds(1);
        assert!(store.pg.file(key(1), just_before).await.unwrap().is_some());
        assert!(store.pg.file(key(1), expected).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn only_an_organizations_own_uploads_are_described_and_kept() {
    let store = Store::new().await;
    let new = upload(key(1));
    add(&store, new.clone()).await;
    let ids = vec![key(1).id, key(2).id];
    let found = store.pg.uploads(organization_id(), ids.clone(), noon());
    let expected = FileFacts {
        id: key(1).id,
        content_type: "image/png".to_owned(),
        size: 10,
        sha256: new.file.sha256_hex(),
    };
    assert_eq!(found.await.unwrap(), [expected]);
    let theirs = store.pg.uploads(other_organization(), ids.clone(), noon());
    assert_eq!(theirs.await.unwrap(), []);
    let until = new.kept_until;
    let late = store.pg.uploads(organization_id(), ids.clone(), until);
    assert_eq!(late.await.unwrap(), []);
    let kept = (store.pg).keep_uploads(
        other_organization(),
        ids,
        noon(),
        until + TimeDelta::days(9),
    );
    kept.await.unwrap();
    assert_eq!(store.pg.file(key(1), until).await.unwrap(), None);
}
