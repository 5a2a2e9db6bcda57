//! Sending files: uploads, and what is at other URLs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use sms_application::{
    FieldError, IdempotencyKey, OutgoingMedia, PreviewService as _, PreviewSms, SendCommand,
    SendError, SendService as _, SendSms,
};
use sms_domain::content::Media;
use sms_domain::message::Message;
use sms_domain::ports::{
    Facts, FetchFault, Fetched, FileFacts, MediaKey, MockMediaRepository, MockOutboundCalls,
    Replay, UrlFault,
};
use sms_domain::values::ids::{MediaId, OrganizationId};
use sms_testkit::{fixtures, sequential_uuid};

use crate::send::command;
use crate::world::{
    Commits, accepting_store, addresses, clock, facts, facts_repository, ids, waker,
};

const ROOF: &str = "https://media.acme.com/roof.png";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

fn upload(n: u64) -> MediaKey {
    MediaKey {
        organization_id: fixtures::organization_id(),
        id: MediaId::new(sequential_uuid(n)),
    }
}

fn address(key: MediaKey) -> String {
    addresses().of(key, fixtures::noon())
}

/// The store of an organization with the first upload, of `size` bytes.
fn store(size: u32) -> MockMediaRepository {
    let mut store = MockMediaRepository::new();
    store
        .expect_uploads()
        .returning(move |organization, ids, _| {
            assert_eq!(organization, fixtures::organization_id());
            let known = ids.into_iter().filter(|id| *id == upload(1).id);
            Ok(known
                .map(|id| FileFacts {
                    id,
                    content_type: "image/png".to_owned(),
                    size,
                    sha256: "aa".to_owned(),
                })
                .collect())
        });
    store
}

fn keeping(size: u32) -> MockMediaRepository {
    let mut store = store(size);
    store
        .expect_keep_uploads()
        .withf(|_, _, now, until| *until - *now == TimeDelta::days(37))
        .returning(|_, _, _, _| Ok(()));
    store
}

/// A world in which everything is public and has this at it.
fn at_urls(found: Result<Fetched, FetchFault>, reads: Arc<AtomicUsize>) -> MockOutboundCalls {
    let mut calls = MockOutboundCalls::new();
    calls.expect_check().returning(|url| {
        if url.starts_with("https://") {
            Ok(())
        } else {
            Err(UrlFault::Scheme)
        }
    });
    calls.expect_fetch().returning(move |_, _| {
        reads.fetch_add(1, Ordering::Relaxed);
        found.clone()
    });
    calls
}

fn picture() -> Result<Fetched, FetchFault> {
    Ok(Fetched {
        content_type: Some("image/png".to_owned()),
        content: PNG.to_vec(),
    })
}

fn with(urls: &[&str]) -> SendCommand {
    SendCommand {
        media_urls: urls.iter().map(|url| (*url).to_owned()).collect(),
        ..command()
    }
}

fn use_case(facts: Facts, store: MockMediaRepository, calls: MockOutboundCalls) -> SendSms {
    SendSms::new(
        Arc::new(accepting_store(&Commits::default())),
        Arc::new(facts_repository(facts)),
        Arc::new(waker()),
        clock(),
        ids(),
        OutgoingMedia::new(Arc::new(store), Arc::new(calls), addresses(), clock()),
    )
}

async fn sent(
    urls: &[&str],
    store: MockMediaRepository,
    calls: MockOutboundCalls,
) -> Result<Message, SendError> {
    let send = use_case(facts(fixtures::context()), store, calls);
    let accepted = send.send(with(urls)).await?;
    Ok(accepted.message)
}

fn faults(refused: Result<Message, SendError>) -> Vec<String> {
    let Err(SendError::Invalid(errors)) = refused else {
        panic!("not refused: {refused:?}")
    };
    let message = |FieldError { field, message }| {
        assert_eq!(field, "mediaUrls");
        message
    };
    errors.into_iter().map(message).collect()
}

#[tokio::test]
async fn a_message_with_an_upload_has_its_type_its_size_and_the_price_of_an_mms() {
    let url = address(upload(1));
    let message = sent(&[&url], keeping(81_920), MockOutboundCalls::new())
        .await
        .unwrap();
    let [
        Media {
            url: shown,
            content_type,
            size,
            sha256,
        },
    ] = &message.submission.media[..]
    else {
        panic!("one file")
    };
    assert_eq!(shown.as_str(), url);
    assert_eq!(content_type.as_deref(), Some("image/png"));
    assert_eq!((size, sha256.as_deref()), (&Some(81_920), Some("aa")));
    assert_eq!(message.billing.hold.to_string(), "0.0600");
}

#[tokio::test]
async fn what_is_at_another_url_is_read_once_for_many_messages() {
    let reads = Arc::<AtomicUsize>::default();
    let calls = at_urls(picture(), Arc::clone(&reads));
    let send = use_case(
        facts(fixtures::context()),
        MockMediaRepository::new(),
        calls,
    );
    for _ in 0..3 {
        let accepted = send.send(with(&[ROOF])).await.unwrap();
        let file = &accepted.message.submission.media[0];
        assert_eq!((file.url.as_str(), file.size), (ROOF, Some(12)));
    }
    assert_eq!(reads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn each_url_that_cannot_be_sent_is_named_with_what_is_wrong() {
    let theirs = address(MediaKey {
        organization_id: OrganizationId::new(sequential_uuid(9)),
        ..upload(1)
    });
    let unknown = address(upload(2));
    let forged = "https://sms.example/media/guess";
    let calls = at_urls(Err(FetchFault::Status(404)), Arc::default());
    let urls = [
        ROOF,
        "http://media.acme.com/a.png",
        &theirs,
        &unknown,
        forged,
    ];
    let found = faults(sent(&urls, keeping(9), calls).await);
    assert_eq!(
        found,
        [
            "[0] cannot be read: its server answers with status 404",
            "[1] must begin with https://",
            "[2] names no upload that is still kept",
            "[3] names no upload that is still kept",
            "[4] names no upload that is still kept",
        ]
    );
}

#[tokio::test]
async fn what_is_no_picture_by_its_content_is_refused() {
    let page = Fetched {
        content_type: Some("image/png".to_owned()),
        content: b"<!DOCTYPE html>".to_vec(),
    };
    let calls = at_urls(Ok(page), Arc::default());
    let found = faults(sent(&[ROOF], MockMediaRepository::new(), calls).await);
    assert!(
        found[0].starts_with("[0] must be one of these"),
        "{found:?}"
    );
}

#[tokio::test]
async fn files_that_are_too_large_together_are_refused() {
    let url = address(upload(1));
    let calls = at_urls(picture(), Arc::default());
    let found = faults(sent(&[&url, ROOF], keeping(999_990), calls).await);
    assert_eq!(
        found,
        ["have 1000002 bytes together; at most 999999 can be sent"]
    );
}

#[tokio::test]
async fn a_replay_does_not_look_at_the_files_again() {
    let key = IdempotencyKey {
        key: "order-1".to_owned(),
        request_hash: vec![1],
        hash_version: 1,
    };
    let replay = Replay {
        message: fixtures::message(),
        request_hash: vec![1],
        hash_version: 1,
    };
    let known = Facts {
        replay: Some(replay),
        ..facts(fixtures::context())
    };
    let send = use_case(known, MockMediaRepository::new(), MockOutboundCalls::new());
    let again = SendCommand {
        idempotency: Some(key),
        ..with(&[ROOF])
    };
    assert!(send.send(again).await.unwrap().is_replayed);
}

#[tokio::test]
async fn a_preview_reads_and_keeps_nothing_and_knows_the_price() {
    let mut calls = MockOutboundCalls::new();
    calls.expect_check().returning(|_| Ok(()));
    let media = OutgoingMedia::new(Arc::new(store(9)), Arc::new(calls), addresses(), clock());
    let facts = Arc::new(facts_repository(facts(fixtures::context())));
    let preview = PreviewSms::new(facts, clock(), media);
    let url = address(upload(1));
    let previewed = preview.preview(&with(&[&url, ROOF]), None).await.unwrap();
    assert_eq!(previewed.decided.trace.price.to_string(), "0.0600");
}
