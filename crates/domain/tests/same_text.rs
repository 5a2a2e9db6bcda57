//! When texts to the same person count as the same, where the organization completes first
//! messages.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::content::{Text, text_hash};
use sms_domain::decision::decide;
use sms_domain::facts::{Context, IdentityPolicy, RecentSend};
use sms_domain::message::{BlockKind, Decision, Submission};
use sms_domain::values::ids::MessageId;
use sms_domain::values::reason::Reason;
use uuid::Uuid;

const PLAIN: &str = "Your quote is ready.";
const COMPLETED: &str = "Your quote is ready. - Acme Roofing. Reply STOP to opt out.";

fn now() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

/// `sent` was sent a minute ago, in a conversation whose next message may or may not be its first.
fn context(first_message: IdentityPolicy, sent: &str, is_first_message: bool) -> Context {
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now());
    let mut org = context.org.as_ref().clone();
    org.policy.first_message = first_message;
    org.policy.same_text_seconds = 300;
    context.org = Arc::new(org);
    context.message.conversation.is_first_message = is_first_message;
    context.message.recipient.recent = vec![RecentSend {
        message_id: MessageId::new(Uuid::from_u128(1)),
        at: now() - TimeDelta::minutes(1),
        text_hash: text_hash(&Text::new(sent)),
        is_counted: true,
    }];
    context
}

/// Whether a text is blocked for being the same.
fn is_the_same(text: &str, context: &Context) -> bool {
    let submission = Submission {
        text: Text::new(text),
        ..facts::submission(now())
    };
    match decide(&submission, context, now()).decision {
        Decision::Block(block) => {
            assert_eq!(block.reason, Reason::LeadRecentlyContacted);
            assert_eq!(block.kind, BlockKind::Compliance);
            true
        }
        Decision::Send(_) => false,
        other @ (Decision::Defer(_) | Decision::NoNumber(_)) => panic!("{other:?}"),
    }
}

#[test]
fn two_first_messages_that_are_completed_alike_are_the_same() {
    let context = context(IdentityPolicy::Append, COMPLETED, true);
    assert!(is_the_same(PLAIN, &context));
}

#[test]
fn a_text_that_left_completed_is_the_same_without_the_words() {
    let context = context(IdentityPolicy::Append, COMPLETED, false);
    assert!(is_the_same(PLAIN, &context));
}

#[test]
fn a_text_that_left_plain_is_the_same_once_it_would_be_completed() {
    let context = context(IdentityPolicy::Append, PLAIN, true);
    assert!(is_the_same(PLAIN, &context));
}

#[test]
fn a_text_that_a_person_completed_is_the_same_as_one_completed_by_policy() {
    let context = context(IdentityPolicy::Append, COMPLETED, true);
    assert!(is_the_same(COMPLETED, &context));
}

#[test]
fn the_added_words_alone_make_no_text_the_same() {
    let context = context(IdentityPolicy::Append, COMPLETED, true);
    assert!(!is_the_same("Your roof is ready.", &context));
}

#[test]
fn words_that_policy_does_not_add_make_another_text() {
    let context = context(IdentityPolicy::Warn, COMPLETED, false);
    assert!(!is_the_same(PLAIN, &context));
}

#[test]
fn a_text_is_the_same_in_another_decoration() {
    let context = context(IdentityPolicy::Warn, PLAIN, false);
    for text in [
        "Your quote is ready. ",
        " Your quote is ready.",
        "Your  quote\nis ready.",
        "your QUOTE is ready",
        "Your quote is ready!!! 🔥",
        "\u{201C}Your quote is ready.\u{201D}",
        "Yоur quоte is ready.",
        "Your qu\u{200B}ote is ready.",
        "Ｙｏｕｒ quote is ready.",
        "*Your* quote is ready…",
        "Y\u{F6}ur quote is ready.",
    ] {
        assert!(is_the_same(text, &context), "{text}");
    }
    for text in [
        "Your quote is ready: $5.",
        "Your quote is ready 2",
        "Your quote was ready.",
        "Quote is ready.",
        "Your quote isready.",
        "Your quote is ready. a.com/1",
    ] {
        assert!(!is_the_same(text, &context), "{text}");
    }
}

#[test]
fn a_text_of_the_release_before_is_known_by_its_exact_repetition() {
    let mut context = context(IdentityPolicy::Warn, PLAIN, false);
    // FNV-1a of the text as it was, which is what was remembered.
    context.message.recipient.recent[0].text_hash = -6235129022394751671;
    assert!(is_the_same(PLAIN, &context));
    assert!(!is_the_same("Your quote is ready", &context));
}
