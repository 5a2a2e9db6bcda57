//! Tests stay tests, and live messages live, whoever asks again.

use sms_application::{SendCommand, SendError};
use sms_domain::message::TrafficType;
use sms_domain::ports::KeyKind;
use sms_testkit::fixtures::altered;

use crate::send::{command, failed_message, key, replay, resubmit_by, send};

#[tokio::test]
async fn what_a_message_was_accepted_as_does_not_change_with_who_sends_it_again() {
    for (accepted_as, key, word) in [
        (TrafficType::Test, KeyKind::Live, Some("test message")),
        (TrafficType::RealLead, KeyKind::Test, Some("live message")),
        (TrafficType::FailedAttempt, KeyKind::Live, Some("too old")),
        (TrafficType::FailedAttempt, KeyKind::Test, Some("too old")),
        (
            TrafficType::SystemInternal,
            KeyKind::Live,
            Some("system's own"),
        ),
        (TrafficType::Warmup, KeyKind::Live, Some("system's own")),
        (TrafficType::Test, KeyKind::Test, None),
        (TrafficType::RealLead, KeyKind::Live, None),
    ] {
        let existing = altered(&failed_message(), |message| {
            message.submission.traffic = accepted_as;
        });
        let result = resubmit_by(existing, "Thanks for your inquiry!", key).await;
        match (result, word) {
            (Ok(accepted), None) => {
                assert_eq!(accepted.message.submission.traffic, accepted_as);
            }
            (Err(SendError::Invalid(errors)), Some(word)) => {
                assert_eq!(errors[0].field, "smsEventId");
                assert!(errors[0].message.contains(word), "{errors:?}");
            }
            (result, _) => panic!("{accepted_as} by a {key} key: {result:?}"),
        }
    }
}

#[tokio::test]
async fn a_key_that_made_a_test_does_not_answer_a_live_request() {
    let again = SendCommand {
        idempotency: Some(key(7)),
        ..command()
    };
    let mut facts = replay();
    if let Some(replay) = &mut facts.replay {
        replay.message = altered(&replay.message, |message| {
            message.submission.traffic = TrafficType::Test;
        });
    }
    let (result, _) = send(again, facts).await;
    assert!(matches!(result, Err(SendError::KeyReused)));
}
