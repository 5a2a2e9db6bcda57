//! What a resubmission must leave unchanged in the message that it retries or replaces.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::case::features::TextFeatures;
use sms_domain::case::wording::Wording;
use sms_domain::content::{Media, Text};
use sms_domain::facts::{Context, IdentityPolicy};
use sms_domain::lifecycle::MessageChange;
use sms_domain::lifecycle::resubmission::{ResubmissionRefused, check, may_answer, with_own_text};
use sms_domain::message::{Message, State, Submission, TrafficType};
use sms_domain::values::ids::{ConversationId, MessageId, OrganizationId};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-12-15T17:30:00Z".parse().unwrap()
}

fn submission() -> Submission {
    facts::submission(now())
}

/// A message with this submission and number of attempts.
fn message(submission: Submission, attempts: u32) -> Message {
    let organization = OrganizationId::new(Uuid::from_u128(0xA));
    let id = MessageId::new(Uuid::from_u128(1));
    let mut parts = Message::new(organization, id, submission, now()).into_parts();
    parts.state = State::BlockedBilling;
    parts.attempts.last = attempts;
    Message::from_stored(parts).unwrap()
}

fn other_text() -> Submission {
    Submission {
        text: Text::new("Something else."),
        ..submission()
    }
}

fn with_file(url: &str, sha256: Option<&str>) -> Submission {
    Submission {
        media: vec![Media {
            url: Text::new(url),
            content_type: None,
            size: None,
            sha256: sha256.map(str::to_owned),
        }],
        ..submission()
    }
}

#[test]
fn a_message_that_was_attempted_keeps_its_files() {
    let own = with_file("https://sms.example/media/1", Some("aa"));
    for (other, is_same) in [
        // The address of a file of ours is made anew.
        (with_file("https://sms.example/media/2", Some("aa")), true),
        (with_file("https://sms.example/media/1", Some("bb")), false),
        (with_file("https://sms.example/media/1", None), true),
        (with_file("https://sms.example/media/2", None), false),
        (submission(), false),
    ] {
        let found = check(&message(own.clone(), 1), &other);
        let expected = if is_same {
            Ok(())
        } else {
            Err(ResubmissionRefused::OtherContent)
        };
        assert_eq!(found, expected, "{other:?}");
        assert_eq!(check(&message(own.clone(), 0), &other), Ok(()));
    }
}

#[test]
fn a_message_that_was_attempted_keeps_its_text_and_its_conversation() {
    let other_conversation = Submission {
        conversation_id: ConversationId::new(Uuid::from_u128(2)),
        ..submission()
    };
    for other in [other_text(), other_conversation] {
        assert_eq!(check(&message(submission(), 0), &other), Ok(()));
        let refused = check(&message(submission(), 1), &other);
        assert_eq!(refused, Err(ResubmissionRefused::OtherContent));
    }
    assert_eq!(check(&message(submission(), 1), &submission()), Ok(()));
}

#[test]
fn a_message_with_another_submission_is_replanned_until_it_is_stored() {
    let stored = message(submission(), 0);
    let same = stored.clone().with_submission(submission());
    assert!(!MessageChange::between(Some(&stored), same).is_replanned);
    let other = stored.with_submission(other_text());
    // The decision is about the new submission, so that the change begins from it.
    let change = MessageChange::between(Some(&other), other.clone());
    assert!(change.is_replanned);
    let written = change.message.committed();
    assert!(!MessageChange::between(Some(&written), written.clone()).is_replanned);
}

#[test]
fn a_test_stays_a_test_and_what_reaches_a_person_goes_on_doing_so() {
    let of = |traffic| Submission {
        traffic,
        ..submission()
    };
    for own in TrafficType::ALL.iter().copied() {
        for wanted in [TrafficType::RealLead, TrafficType::Test] {
            let checked = check(&message(of(own), 0), &of(wanted));
            let refused = Err(ResubmissionRefused::OtherTraffic(own));
            assert_eq!(checked, if own == wanted { Ok(()) } else { refused });
        }
    }
    let to_test = ResubmissionRefused::OtherTraffic(TrafficType::Test).to_string();
    assert!(to_test.contains("only a test key"), "{to_test}");
}

#[test]
fn a_message_whose_text_was_erased_is_not_sent_again() {
    let erased = Submission {
        text: Text::erased(),
        ..submission()
    };
    let refused = check(&message(erased.clone(), 0), &erased);
    assert_eq!(refused, Err(ResubmissionRefused::TextErased));
}

/// A first message that the organization completes.
fn completing() -> Context {
    let number = facts::number(1, "+14045550199");
    let mut context = facts::context(vec![number], now());
    context.message.conversation.is_first_message = true;
    Arc::make_mut(&mut context.org).policy.first_message = IdentityPolicy::Append;
    context
}

#[test]
fn a_message_that_was_attempted_is_tried_again_with_the_words_that_policy_added() {
    let context = completing();
    let features = TextFeatures::of(&submission().text, &context);
    let wording = Wording::of(&submission(), &features, &context);
    let completed = wording.changed(&submission(), &context).unwrap();
    let sent = Submission {
        text: completed.clone(),
        segments: 2,
        ..submission()
    };
    let again = |attempts| {
        let existing = message(sent.clone(), attempts);
        with_own_text(submission(), Some(&existing), &context)
    };
    assert_eq!((again(1).text, again(1).segments), (completed, 2));
    assert_eq!(again(0), submission());
    let other = with_own_text(other_text(), Some(&message(sent, 1)), &context);
    assert_eq!(other, other_text());
    assert_eq!(with_own_text(submission(), None, &context), submission());
}

#[test]
fn a_repeated_key_answers_only_requests_of_the_kind_that_made_the_message() {
    for (made, requested, is_answered) in [
        (TrafficType::Test, Some(TrafficType::Test), true),
        (TrafficType::RealLead, Some(TrafficType::RealLead), true),
        (TrafficType::Test, Some(TrafficType::RealLead), false),
        (TrafficType::RealLead, Some(TrafficType::Test), false),
        (TrafficType::FailedAttempt, Some(TrafficType::Test), true),
        (TrafficType::Test, None, true),
    ] {
        assert_eq!(
            may_answer(made, requested),
            is_answered,
            "{made} asked for as {requested:?}"
        );
    }
}
