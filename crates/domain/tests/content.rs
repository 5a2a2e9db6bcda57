//! The findings of the content rule, including those for disguised content.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::content::Text;
use sms_domain::decision::{RuleVerdict, decide};
use sms_domain::facts::{ContentPolicy, Context, IdentityPolicy};
use sms_domain::message::Submission;
use sms_domain::values::reason::Reason;

fn now() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

fn context(is_first_message: bool, first_message: IdentityPolicy) -> Context {
    let mut context = facts::context(vec![facts::number(1, "+14045550199")], now());
    let mut org = context.org.as_ref().clone();
    org.policy.first_message = first_message;
    org.policy.forbidden_words = ContentPolicy::Warn;
    context.org = Arc::new(org);
    context.message.conversation.is_first_message = is_first_message;
    context
}

/// The rule's verdict on a text in a conversation with earlier messages.
fn said(text: &str) -> RuleVerdict {
    said_in(&context(false, IdentityPolicy::Warn), text)
}

fn said_in(context: &Context, text: &str) -> RuleVerdict {
    let submission = Submission {
        text: Text::new(text),
        ..facts::submission(now())
    };
    let rules = decide(&submission, context, now()).trace.rules;
    rules
        .into_iter()
        .find(|said| said.rule == "content")
        .unwrap()
}

#[test]
fn every_shortener_of_a_text_is_named_with_its_word() {
    let said = said("See bit.ly/a, www.tinyurl.app/b or bit.ly/c");
    assert_eq!(
        (said.verdict, said.reason),
        (VerdictKind::Refuse, Some(Reason::ContentForbidden))
    );
    assert_eq!(said.facts["shortener"], "bit.ly");
    assert_eq!(said.findings.len(), 2, "{:?}", said.findings);
    assert!(said.findings[0].starts_with("Word 2 of the text is a link of bit.ly"));
    assert!(said.findings[1].starts_with("Word 3 of the text is a link of tinyurl.app"));
}

#[test]
fn every_forbidden_phrase_is_named_with_its_word_and_category() {
    let said = said("We also sell ammo, rifles and opt-out wine");
    assert_eq!(
        (said.verdict, said.reason),
        (VerdictKind::Warn, Some(Reason::ContentForbidden))
    );
    assert_eq!(
        said.findings,
        [
            "The text says \"ammo\" (word 4), which carriers may filter as firearms.",
            "The text says \"rifles\" (word 5), which carriers may filter as firearms.",
            "The text says \"wine\" (word 8), which carriers may filter as alcohol.",
        ]
    );
    assert_eq!(said.facts["category"], "alcohol");
}

#[test]
fn what_a_first_message_lacks_is_said() {
    let context = context(true, IdentityPolicy::Warn);
    for (text, name, way_out) in [
        ("Your quote is ready.", true, true),
        ("Acme Roofing: your quote is ready.", false, true),
        ("Your quote is ready. Reply STOP to opt out.", true, false),
        (
            "ÁCME Ｒｏｏｆｉｎｇ: votre devis est pr\u{EA}t. R\u{E9}pondez ARR\u{CA}T",
            false,
            false,
        ),
    ] {
        let said = said_in(&context, text);
        let has = |part: &str| said.findings.iter().any(|finding| finding.contains(part));
        assert_eq!(
            has("the sender's name, \"Acme Roofing\", is nowhere"),
            name,
            "{text}"
        );
        assert_eq!(has("nowhere does it say how to opt out"), way_out, "{text}");
        let expected = (name || way_out).then_some(Reason::FirstMessageIncomplete);
        assert_eq!(said.reason, expected, "{text}");
        assert!(!has("carriers"), "{text}");
    }
}

#[test]
fn what_becomes_of_an_incomplete_first_message_is_said() {
    let blocked = said_in(
        &context(true, IdentityPolicy::Block),
        "Your quote is ready.",
    );
    assert_eq!(blocked.verdict, VerdictKind::Refuse);
    assert_eq!(blocked.reason, Some(Reason::FirstMessageIncomplete));
    let completed = said_in(
        &context(true, IdentityPolicy::Append),
        "Your quote is ready.",
    );
    assert_eq!(
        (completed.verdict, completed.reason),
        (VerdictKind::Allow, None)
    );
    assert!(
        completed
            .findings
            .iter()
            .any(|said| said.contains("added at the end"))
    );
    let long = "Your quote is ready. ".repeat(76);
    let long = said_in(&context(true, IdentityPolicy::Append), &long);
    assert_eq!(long.reason, Some(Reason::FirstMessageIncomplete));
    assert!(
        long.findings
            .iter()
            .any(|said| said.contains("too long to add"))
    );
}

#[test]
fn a_shortener_is_found_in_any_disguise() {
    for text in [
        "See BIT.LY/abc",
        "See ｂｉｔ．ｌｙ/abc",
        "See bit%2Ely/abc",
        "See bit。ly/abc",
        "See bit . ly/abc",
        "See bit .ly",
        "See bit . ly",
        "See bit dot ly",
        "See bit. ly/abc",
        "See bit[.]ly/abc",
        "See hxxp://bit[.]ly/abc",
        "See https://bit.ly:8080/abc",
        "See http://x@bit.ly/abc",
        "See www.bit.ly./abc",
        "See bіt.ly/abc",
        "See b\u{200D}it.ly/abc",
        "See xn--bt-nja.ly/abc",
        "See bit&#46;ly/abc",
        "See 点bit.ly/abc",
        "See 𝓫𝓲𝓽.𝓵𝔂/abc",
        "See a.b.bit.ly",
        "See tInYuRl.CoM/abc",
        "See https://acortar.link/x",
        "gg.gg/x",
        "Go to n9.cl/x!",
        "(qrco.de/x)",
        "ouo.io",
        "http://bc.vc",
        "tny.im/x",
        "see:cutt.us/x",
        "soo.gd/x",
        "tr.im/x",
        "shorturl.asia/x",
    ] {
        let said = said(text);
        assert_eq!(said.verdict, VerdictKind::Refuse, "{text}");
    }
}

#[test]
fn words_that_only_look_like_a_shortener_are_innocent() {
    for text in [
        "habit.lyrics",
        "Your habit.Lyle will call",
        "rabbit.ly/abc",
        "bit.lyon.example",
        "bitly",
        "my-bit.ly",
        "We wait a bit. Lyle is on his way",
        "See u. To confirm, reply YES",
        "I saw u . To confirm, reply YES",
        "It is. Gdansk is far",
        "We did it a bit, ly",
        "Connect the dot to the line",
        "This is . me and you",
        "example.com/bit.ly.html",
        "Ask for t. Co-pays apply",
        "U.S. Total is $5.00",
        "acme.co/x",
        "v.good",
        "t.light",
        "is.good",
        "Thanks.Tiny one",
        "at 5.is good",
    ] {
        let said = said(text);
        assert_eq!(
            said.verdict,
            VerdictKind::Allow,
            "{text}: {:?}",
            said.findings
        );
    }
}

/// Spellings of a character that look the same.
fn disguised(c: char, how: u8) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c);
    match (how % 6, c) {
        (1, _) => c.to_uppercase().collect(),
        (2, '!'..='~') => wide(c).to_string(),
        (3, _) => format!("{c}\u{200B}"),
        (4, '.') => "%2E".to_owned(),
        (4, 'a'..='z') => format!("%{:02X}", u32::from(c)),
        (5, 'o') => "о".to_owned(),
        (5, 'i') => "і".to_owned(),
        (5, 'e') => "е".to_owned(),
        (5, '.') => "。".to_owned(),
        _ => c.to_string(),
    }
}

proptest! {
    #[test]
    fn what_is_found_does_not_depend_on_the_disguise(how in prop::collection::vec(any::<u8>(), 60)) {
        for text in [
            "see bit.ly/abc now", "go to www.tinyurl.com/x", "we sell rifles too",
            "a nail gun and weed control", "your quote is ready at acme.example/1",
        ] {
            let disguise: String = text.chars().zip(&how).map(|(c, how)| disguised(c, *how)).collect();
            let (plain, found) = (said(text), said(&disguise));
            prop_assert_eq!(found.verdict, plain.verdict, "{}", &disguise);
            prop_assert_eq!(found.findings, plain.findings, "{}", &disguise);
        }
    }
}
