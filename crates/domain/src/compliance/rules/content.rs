//! What carriers filter is not sent, or at least pointed out.

use std::ops::Range;

use crate::compliance::content_lists::{FORBIDDEN, Forbidden, SHORTENERS};
use crate::compliance::rule::{Effect, Judged, Rule, RuleCode, Verdict};
use crate::compliance::wording::Lacks;
use crate::compliance::words::{names_host, ranges, words};
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
    let shortener = SHORTENERS.iter().find(|domain| names_host(text, domain));
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
        verdict = verdict.with("shortener", *domain);
    }
    if let Some(category) = category {
        verdict = verdict.with("category", category);
    }
    with_first_message(verdict, case)
}

fn with_first_message(verdict: Verdict, case: &Case<'_>) -> Verdict {
    let lacks = match case.wording.lacks {
        Lacks {
            identity: true,
            opt_out: true,
        } => "identity,opt_out",
        Lacks {
            identity: true,
            opt_out: false,
        } => "identity",
        Lacks {
            identity: false,
            opt_out: true,
        } => "opt_out",
        Lacks {
            identity: false,
            opt_out: false,
        } => return verdict,
    };
    let done = if case.wording.changed.is_some() {
        "appended"
    } else {
        "left"
    };
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

/// The first category that the text is about.
fn forbidden_category(words: &[&str]) -> Option<&'static str> {
    let found = FORBIDDEN
        .iter()
        .find(|forbidden| is_about(words, forbidden));
    found.map(|forbidden| forbidden.category)
}

/// Whether a word of the category stands in the text outside of every innocent phrase.
fn is_about(words: &[&str], forbidden: &Forbidden) -> bool {
    let innocent: Vec<Range<usize>> = ranges(words, forbidden.innocent).collect();
    ranges(words, forbidden.phrases).any(|found| {
        let covers = |phrase: &Range<usize>| phrase.start <= found.start && found.end <= phrase.end;
        !innocent.iter().any(covers)
    })
}
