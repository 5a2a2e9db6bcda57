//! The decision on one screen: evaluate every rule, find the instant, choose a number, and apply
//! precedence. Must not know any individual rule or strategy.

use chrono::{DateTime, Utc};

use super::decision::Decided;
use super::plan::send_plan;
use super::precedence::strongest;
use super::timing::{Timing, first_legal};
use super::trace::Trace;
use crate::case::Case;
use crate::case::features::TextFeatures;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::compliance::rules::RULES;
use crate::facts::Context;
use crate::message::{Block, BlockKind, Decision, Schedule, Submission};
use crate::numbers::selection::{Selection, select};
use crate::values::reason::Reason;

/// Decides whether a message may be sent at `now`, from which number and at what price; otherwise
/// why not, and when.
///
/// The function is pure: the same arguments give the same decision and trace. `context` must not
/// include the message itself (see [`crate::message::Message::left_out_of`]).
#[must_use]
pub fn decide(submission: &Submission, context: &Context, now: DateTime<Utc>) -> Decided {
    decide_by(RULES, submission, context, now)
}

/// [`decide`] on the features of the text instead of the text, which may have been erased. Only the text
/// of a send plan rests on the text itself.
#[must_use]
pub fn decide_on(
    submission: &Submission,
    features: &TextFeatures,
    context: &Context,
    now: DateTime<Utc>,
) -> Decided {
    let (decision, trace) = judge_all(RULES, &Case::new(submission, features, context, now));
    Decided {
        decision,
        trace,
        features: features.clone(),
    }
}

/// [`decide`] with a given list of rules, so that tests can show that its order does not matter.
#[doc(hidden)]
#[must_use]
pub fn decide_by(
    rules: &[&Rule],
    submission: &Submission,
    context: &Context,
    now: DateTime<Utc>,
) -> Decided {
    let features = TextFeatures::of(&submission.text, context);
    let (decision, trace) = judge_all(rules, &Case::new(submission, &features, context, now));
    Decided {
        decision,
        trace,
        features,
    }
}

fn judge_all(rules: &[&Rule], case: &Case<'_>) -> (Decision, Trace) {
    let mut verdicts: Vec<Option<Verdict>> =
        rules.iter().map(|rule| judge(case, rule, None)).collect();
    let timing = Timing::of(case, rules, verdicts.iter().flatten());
    let selection = (timing == Timing::Now).then(|| select(case));
    if selection.is_some() {
        for (rule, verdict) in rules
            .iter()
            .zip(&mut verdicts)
            .filter(|(_, word)| word.is_none())
        {
            *verdict = judge(case, rule, selection.as_ref());
        }
    }
    let verdicts: Vec<Verdict> = verdicts
        .into_iter()
        .map(|word| word.unwrap_or_else(Verdict::not_applicable))
        .collect();
    let decision = outcome(case, selection.as_ref(), rules, &verdicts, timing);
    let trace = Trace::of(case, selection.as_ref(), rules, verdicts, &decision);
    (decision, trace)
}

/// The verdict of a rule, if it is evaluated at this stage: before a number is chosen, or after.
fn judge(case: &Case<'_>, rule: &Rule, selection: Option<&Selection<'_>>) -> Option<Verdict> {
    if !rule.applies_to(case.traffic()) {
        return Some(Verdict::not_applicable());
    }
    match (rule.judge, selection) {
        (Judge::Always(judge), None) => Some(judge(case)),
        (Judge::OnlyWhenSending(judge), Some(selection)) => Some(judge(case, selection)),
        (Judge::Always(_), Some(_)) | (Judge::OnlyWhenSending(_), None) => None,
    }
}

fn outcome(
    case: &Case<'_>,
    selection: Option<&Selection<'_>>,
    rules: &[&Rule],
    verdicts: &[Verdict],
    timing: Timing,
) -> Decision {
    if let Some(refusal) = strongest(verdicts) {
        return refusal;
    }
    match timing {
        Timing::Now => send_or_wait(case, selection, rules, verdicts),
        Timing::Later(schedule) => Decision::Defer(schedule),
        Timing::Never => NO_LEGAL_WINDOW,
    }
}

/// Decides a message that no rule refuses or defers: it is sent, unless its number has no capacity.
/// Then it waits for capacity, and for the next legal instant after that. What is paused waits until it is
/// resumed or expires.
fn send_or_wait(
    case: &Case<'_>,
    selection: Option<&Selection<'_>>,
    rules: &[&Rule],
    verdicts: &[Verdict],
) -> Decision {
    if verdicts.iter().any(|verdict| verdict.effect == PAUSED) {
        return Decision::Defer(Schedule {
            until: case.submission.expires_at(),
            reason: Reason::Paused,
        });
    }
    let waits = verdicts.iter().filter_map(|verdict| verdict.effect.wait());
    if let Some(Schedule { until, reason }) = waits.max_by_key(|wait| (wait.until, wait.reason)) {
        return first_legal(case, rules, until).map_or(NO_LEGAL_WINDOW, |until| {
            Decision::Defer(Schedule { until, reason })
        });
    }
    send_plan(case, selection).map_or(Decision::NoNumber(Reason::NoEligiblePhoneNumber), |plan| {
        Decision::Send(Box::new(plan))
    })
}

const PAUSED: Effect = Effect::Defer {
    reason: Reason::Paused,
    until: None,
};

const NO_LEGAL_WINDOW: Decision = Decision::Block(Block {
    kind: BlockKind::Compliance,
    reason: Reason::NoLegalWindow,
});
