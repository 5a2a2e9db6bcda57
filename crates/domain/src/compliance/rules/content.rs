//! Content that carriers filter is refused or reported.

use std::ops::Range;

use crate::case::Case;
use crate::compliance::content_lists::{FORBIDDEN, Phrase, phrases_beginning_with};
use crate::compliance::links::{Host, hosts};
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::content::words::{length_if_first, words};
use crate::facts::{ContentPolicy, IdentityPolicy};
use crate::law::data::RuleData;
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
    let text = &*case.wording.folded;
    let shorteners = shorteners(text, case.context.rules);
    let forbidden = forbidden(text);
    let policy = &case.context.org.policy;
    let blocks_words = policy.forbidden_words == ContentPolicy::Block;
    let lacks = case.wording.lacks.anything() && case.wording.changed.is_none();
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
    let verdict = with_shorteners(verdict, &shorteners);
    let verdict = with_forbidden(verdict, &forbidden);
    with_first_message(verdict, case)
}

fn with_shorteners(verdict: Verdict, found: &[(String, usize)]) -> Verdict {
    let Some((first, _)) = found.first() else {
        return verdict;
    };
    let verdict = verdict.with("shortener", first.clone());
    found.iter().fold(verdict, |verdict, (domain, word)| {
        verdict.finding(format!(
            "Word {word} of the text is a link of {domain}, a public URL shortener, which carriers \
             bar: use a link of the organization's own domain."
        ))
    })
}

fn with_forbidden(verdict: Verdict, found: &[Forbidden]) -> Verdict {
    let Some(first) = found.iter().min_by_key(|found| found.rank) else {
        return verdict;
    };
    let verdict = verdict.with("category", first.category);
    found.iter().fold(verdict, |verdict, found| {
        let Forbidden {
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
    let (done, sentence) = if case.wording.changed.is_some() {
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

/// The shorteners to which the text links, each with the position of its first link.
fn shorteners(text: &str, rules: &RuleData) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    if !text.contains('.') && !text.contains("dot") && !text.contains('&') {
        return found;
    }
    for host in hosts(text) {
        let domain = rules
            .shortener(&host.name)
            .filter(|domain| is_meant(&host, domain));
        if let Some(domain) = domain
            && found.iter().all(|(known, _)| known != domain)
        {
            found.push((domain.to_owned(), host.word));
        }
    }
    found.sort_by_key(|(_, word)| *word);
    found
}

/// Two words with a dot between them may be two sentences. They count as a link if a path follows,
/// or if the first word is too long to match by chance (`u. To`, `it is . Me`).
fn is_meant(host: &Host, domain: &str) -> bool {
    let is_long = domain.find('.').is_some_and(|length| length >= 3);
    !host.is_pieced || host.has_path || (is_long && !host.ends_sentence)
}

/// A word or phrase of a forbidden category.
struct Forbidden {
    category: &'static str,
    /// The index of the category in the list.
    rank: usize,
    phrase: &'static str,
    /// The position of the first word, counted from 1.
    word: usize,
}

/// A phrase in a text, with the range of its words.
type Hit = (&'static Phrase, Range<usize>);

/// The forbidden phrases in the text outside every harmless phrase, each once.
fn forbidden(text: &str) -> Vec<Forbidden> {
    let numbered = (1..).zip(text.split_whitespace());
    let (numbers, words): (Vec<usize>, Vec<&str>) = numbered
        .flat_map(|(number, word)| words(word).into_iter().map(move |word| (number, word)))
        .unzip();
    let hits = hits(&words);
    let is_innocent = |(phrase, range): &Hit| {
        hits.iter().any(|(other, around)| {
            let is_around = around.start <= range.start && range.end <= around.end;
            other.is_innocent && other.category == phrase.category && is_around
        })
    };
    let mut found: Vec<Forbidden> = Vec::new();
    for (phrase, range) in hits.iter().filter(|hit| !is_innocent(hit)) {
        let is_new = found.iter().all(|found| found.phrase != phrase.words);
        if let Some(list) = FORBIDDEN.get(phrase.category).filter(|_| is_new) {
            found.push(Forbidden {
                category: list.category,
                rank: phrase.category,
                phrase: phrase.words,
                word: numbers.get(range.start).copied().unwrap_or_default(),
            });
        }
    }
    found
}

fn hits(words: &[&str]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, word) in words.iter().enumerate() {
        let tail = words.get(start..).unwrap_or_default();
        for phrase in phrases_beginning_with(word) {
            if let Some(length) = length_if_first(tail, phrase.words) {
                hits.push((phrase, start..start.saturating_add(length)));
            }
        }
    }
    hits
}
