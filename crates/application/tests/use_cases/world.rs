//! Mocked ports with the answers that most tests want.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use sms_application::{MediaAddresses, OutgoingMedia};
use sms_domain::carrier::AttemptToken;
use sms_domain::facts::Context;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{AttemptId, Message};
use sms_domain::ports::{
    CommitError, Facts, MediaKey, MediaTokens, MockAttemptTokens, MockDispatchWaker,
    MockFactsRepository, MockMediaRepository, MockMessageRepository, MockOutboundCalls,
};
use sms_testkit::{ManualClock, SequentialIds, fixtures};

/// What was committed, in order.
pub(crate) type Commits = Arc<Mutex<Vec<MessageChange>>>;

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(fixtures::noon()))
}

pub(crate) fn ids() -> Arc<SequentialIds> {
    Arc::new(SequentialIds::default())
}

/// Tokens that anyone could make: `attempt-N` of the message of the fixtures.
pub(crate) fn tokens() -> Arc<MockAttemptTokens> {
    let mut tokens = MockAttemptTokens::new();
    tokens
        .expect_seal()
        .returning(|attempt| AttemptToken::new(format!("attempt-{}", attempt.number)));
    tokens.expect_open().returning(|token| {
        let number = token.expose().strip_prefix("attempt-")?.parse().ok()?;
        Some(AttemptId {
            organization_id: fixtures::organization_id(),
            message_id: fixtures::message_id(),
            number,
        })
    });
    Arc::new(tokens)
}

/// A file's id and the second until which it can be read.
struct PlainTokens;

impl MediaTokens for PlainTokens {
    fn seal(&self, key: MediaKey, until: DateTime<Utc>) -> String {
        format!("{}.{}.{}", key.organization_id, key.id, until.timestamp())
    }

    fn open(&self, token: &str) -> Option<(MediaKey, DateTime<Utc>)> {
        let mut parts = token.split('.');
        let key = MediaKey {
            organization_id: parts.next()?.parse().ok()?,
            id: parts.next()?.parse().ok()?,
        };
        Some((
            key,
            DateTime::from_timestamp(parts.next()?.parse().ok()?, 0)?,
        ))
    }
}

pub(crate) fn addresses() -> MediaAddresses {
    MediaAddresses::new("https://sms.example", Arc::new(PlainTokens))
}

/// The files of messages that have none.
pub(crate) fn no_files() -> OutgoingMedia {
    OutgoingMedia::new(
        Arc::new(MockMediaRepository::new()),
        Arc::new(MockOutboundCalls::new()),
        addresses(),
        clock(),
    )
}

pub(crate) fn facts(context: Context) -> Facts {
    Facts {
        context: Some(context),
        message: None,
        replay: None,
    }
}

/// Answers every request with the same facts.
pub(crate) fn facts_repository(facts: Facts) -> MockFactsRepository {
    let mut repository = MockFactsRepository::new();
    repository
        .expect_load()
        .returning(move |requests| Ok(requests.iter().map(|_| facts.clone()).collect()));
    repository
}

/// Stores nothing, and answers as a store that took everything.
pub(crate) fn accepting_store(commits: &Commits) -> MockMessageRepository {
    failing_store(commits, Vec::new())
}

/// Refuses the first changes with `errors`, one each, and takes the rest.
pub(crate) fn failing_store(commits: &Commits, errors: Vec<CommitError>) -> MockMessageRepository {
    let mut store = MockMessageRepository::new();
    let (commits, errors) = (Arc::clone(commits), Mutex::new(errors.into_iter()));
    store.expect_commit().returning(move |changes| {
        let results = changes
            .iter()
            .map(|change| match errors.lock().unwrap().next() {
                Some(error) => Err(error),
                None => Ok(stored(&change.message)),
            });
        let results = results.collect();
        commits.lock().unwrap().extend(changes);
        Ok(results)
    });
    store
}

pub(crate) fn stored(message: &Message) -> Message {
    message.clone().committed()
}

pub(crate) fn waker() -> MockDispatchWaker {
    let mut waker = MockDispatchWaker::new();
    waker.expect_wake().return_const(());
    waker
}
