//! What carriers filter is not sent, or at least pointed out.

use std::ops::Range;

use crate::compliance::content_lists::{FORBIDDEN, Phrase, SHORTENERS, phrases_beginning_with};
use crate::compliance::rule::{Effect, Judged, Rule, RuleCode, Verdict};
use crate::compliance::words::{host_names, is_within_domain, length_if_first, words};
use crate::decision::{Case, ContentPolicy, IdentityPolicy};
use crate::reason::Reason;

/// Public URL shorteners are barred (CTIA Messaging Principles 5.3.2). SHAFT words (5.3: sex, hate,
/// alcohol, firearms, tobacco, cannabis) and the high-risk categories are mostly innocent in the
/// texts of a business, so they warn unless the organization wants them blocked. A first message
/// names the sender and the way out (5.1.2.1, 5.1.3; CASL s. 6(2) in Canada): it warns, is blocked or
/// is completed, as the organization chooses.
pub(super) const RULE: Rule = Rule {
    code: RuleCode::Content,
    judged: Judged::Always,
    refuses_when: "the text holds a public URL shortener. Words of forbidden categories, and a first \
                   message without the sender's name or the way to opt out, warn; by the \
                   organization's policy they are blocked, or the first message is completed",
    outcome: "blocked_compliance, or a warning",
    citation: "CTIA Messaging Principles 5.1.2.1, 5.1.3, 5.3; CASL s. 6(2)",
    judge,
    next_allowed: None,
};

/// Carriers' own reason for all of it.
const REASON: Reason = Reason::ContentForbidden;

fn judge(case: &Case<'_>) -> Verdict {
    let text = &*case.wording.folded;
    let shortener = shortener(text);
    let category = forbidden_category(&words(text));
    let policy = &case.context.org.policy;
    let blocks = shortener.is_some()
        || (category.is_some() && policy.forbidden_words == ContentPolicy::Block)
        || lacks_too_much(case);
    let warns =
        category.is_some() || (case.wording.lacks.anything() && case.wording.changed.is_none());
    let mut verdict = if blocks {
        Verdict::refuse(REASON)
    } else if warns {
        Verdict::new(Effect::Warn(REASON))
    } else {
        Verdict::allow()
    };
    if let Some(domain) = shortener {
        verdict = verdict.with("shortener", domain);
    }
    if let Some(category) = category {
        verdict = verdict.with("category", category);
    }
    with_first_message(verdict, case)
}

fn with_first_message(verdict: Verdict, case: &Case<'_>) -> Verdict {
    let lacks = match (case.wording.lacks.identity, case.wording.lacks.opt_out) {
        (true, true) => "identity,opt_out",
        (true, false) => "identity",
        (false, true) => "opt_out",
        (false, false) => return verdict,
    };
    let is_completed = case.wording.changed.is_some();
    let done = if is_completed { "appended" } else { "left" };
    verdict
        .with("first_message_lacks", lacks)
        .with("first_message", done)
}

fn lacks_too_much(case: &Case<'_>) -> bool {
    match case.context.org.policy.first_message {
        IdentityPolicy::Warn => false,
        IdentityPolicy::Block => case.wording.lacks.anything(),
        IdentityPolicy::Append => case.wording.is_too_long_to_complete,
    }
}

fn shortener(text: &str) -> Option<&'static str> {
    host_names(text).find_map(|host| {
        let domain = SHORTENERS
            .iter()
            .find(|domain| is_within_domain(host, domain));
        domain.copied()
    })
}

/// A phrase in a text: which, and from which word to which.
type Hit = (&'static Phrase, Range<usize>);

/// The first category of which a word stands in the text outside of every innocent phrase.
fn forbidden_category(words: &[&str]) -> Option<&'static str> {
    let hits = hits(words);
    let is_innocent = |(phrase, range): &Hit| {
        hits.iter().any(|(other, around)| {
            let is_around = around.start <= range.start && range.end <= around.end;
            other.is_innocent && other.category == phrase.category && is_around
        })
    };
    let guilty = hits.iter().filter(|hit| !is_innocent(hit));
    let category = guilty.map(|(phrase, _)| phrase.category).min()?;
    FORBIDDEN.get(category).map(|forbidden| forbidden.category)
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
