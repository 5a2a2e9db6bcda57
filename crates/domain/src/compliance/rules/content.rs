//! Content that carriers filter is refused or reported.

use crate::case::Case;
use crate::case::features::{ForbiddenPhrase, ShortenedLink};
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::facts::{ContentPolicy, IdentityPolicy};
use crate::message::TrafficType::{RealLead, Test};
use crate::values::reason::Reason;

/// Public URL shorteners are barred (CTIA Messaging Principles 5.3.2), including their subdomains and
/// any disguise. SHAFT words (5.3: sex, hate, alcohol, firearms, tobacco, cannabis) and words of
/// high-risk categories are mostly harmless in business texts, so they cause a warning unless the
/// organization blocks them. A first message must have the sender's name and opt-out instructions
/// (5.1.2.1, 5.1.3; CASL s. 6(2) in Canada): otherwise the rule warns, refuses or completes the text,
/// as the organization chooses.
///
/// The text is folded as spam filters and phones interpret it: look-alike letters of other widths
/// and scripts, case, accents, invisible characters and escapes. Each finding is a sentence that
/// names what was found or is missing, and where.
pub(super) const RULE: Rule = Rule {
    code: "content",
    refuses_when: "the text contains a public URL shortener. Words of forbidden categories, and a \
                   first message without the sender's name or opt-out instructions, cause a \
                   warning; depending on the organization's policy they are blocked, or the first \
                   message is completed",
    outcome: "blocked_compliance, or a warning",
    traffic: &[RealLead, Test],
    citation: "CTIA Messaging Principles 5.1.2.1, 5.1.3, 5.3; CASL s. 6(2)",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let shorteners = &*case.features.shorteners;
    let forbidden = &*case.features.forbidden;
    let policy = &case.context.org.policy;
    let blocks_words = policy.forbidden_words == ContentPolicy::Block;
    let lacks = case.wording.lacks.anything() && !case.wording.is_completed;
    let verdict = if !shorteners.is_empty() || (!forbidden.is_empty() && blocks_words) {
        Verdict::refuse(Reason::ContentForbidden)
    } else if lacks_too_much(case) {
        Verdict::refuse(Reason::FirstMessageIncomplete)
    } else if !forbidden.is_empty() {
        Verdict::new(Effect::Warn(Reason::ContentForbidden))
    } else if lacks {
        Verdict::new(Effect::Warn(Reason::FirstMessageIncomplete))
    } else {
        Verdict::allow()
    };
    let verdict = with_shorteners(verdict, shorteners);
    let verdict = with_forbidden(verdict, forbidden);
    with_first_message(verdict, case)
}

fn with_shorteners(verdict: Verdict, found: &[ShortenedLink]) -> Verdict {
    let Some(first) = found.first() else {
        return verdict;
    };
    let verdict = verdict.with("shortener", first.domain.clone());
    found.iter().fold(verdict, |verdict, link| {
        let ShortenedLink { domain, word } = link;
        verdict.finding(format!(
            "Word {word} of the text is a link of {domain}, a public URL shortener, which carriers \
             bar: use a link of the organization's own domain."
        ))
    })
}

fn with_forbidden(verdict: Verdict, found: &[ForbiddenPhrase]) -> Verdict {
    let Some(first) = found.iter().min_by_key(|found| found.rank) else {
        return verdict;
    };
    let verdict = verdict.with("category", first.category.clone());
    found.iter().fold(verdict, |verdict, found| {
        let ForbiddenPhrase {
            category,
            phrase,
            word,
            ..
        } = found;
        verdict.finding(format!(
            "The text says \"{phrase}\" (word {word}), which carriers may filter as {category}."
        ))
    })
}

fn with_first_message(mut verdict: Verdict, case: &Case<'_>) -> Verdict {
    let lacks = case.wording.lacks;
    let names = match (lacks.identity, lacks.opt_out) {
        (true, true) => "identity,opt_out",
        (true, false) => "identity",
        (false, true) => "opt_out",
        (false, false) => return verdict,
    };
    if lacks.identity {
        verdict = verdict.finding(format!(
            "This is the first message of the conversation, and the sender's name, \"{}\", is nowhere \
             in it.",
            case.context.org.name
        ));
    }
    if lacks.opt_out {
        verdict = verdict.finding(
            "This is the first message of the conversation, and nowhere does it say how to opt out, \
             for instance \"Reply STOP to opt out\".",
        );
    }
    let (done, sentence) = if case.wording.is_completed {
        ("appended", Some("What is missing is added at the end."))
    } else if case.wording.is_too_long_to_complete {
        ("left", Some("The text is too long to add what is missing."))
    } else {
        ("left", None)
    };
    if let Some(sentence) = sentence {
        verdict = verdict.finding(sentence);
    }
    verdict
        .with("first_message_lacks", names)
        .with("first_message", done)
}

fn lacks_too_much(case: &Case<'_>) -> bool {
    match case.context.org.policy.first_message {
        IdentityPolicy::Warn => false,
        IdentityPolicy::Block => case.wording.lacks.anything(),
        IdentityPolicy::Append => case.wording.is_too_long_to_complete,
    }
}
