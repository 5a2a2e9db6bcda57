//! The organization's limits for one lead.

use chrono::{DateTime, TimeDelta, Utc};

use super::recent::{count, first_below, is_within};
use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::facts::IdentityPolicy;
use crate::message::TrafficType::RealLead;
use crate::values::reason::Reason;

/// A product decision, off by default: carriers and people regard many messages, or repeated ones,
/// as spam. The 24-hour limit is not a calendar day.
///
/// Texts are the same if a person would consider them the same: white space, case, accents, look-alike
/// letters of other widths or scripts, invisible characters, and marks and emoji around words do not
/// count, nor do the words that policy adds to a first message. A different word, digit, link,
/// currency sign or percent sign, a different mark inside a word (`7:30`, `$1.50`), or a different
/// order of words makes a different text.
pub(super) const RULE: Rule = Rule {
    code: "lead_limits",
    refuses_when: "the lead has received as many messages in the preceding hour or 24 hours as \
                   the organization allows (the message waits), or the same text within the \
                   seconds that the organization sets (the message is blocked); replies in an \
                   active exchange are exempt",
    outcome: "deferred, or blocked_compliance for the same text",
    traffic: &[RealLead],
    citation: "product decision",
    judge: Judge::Always(judge),
    next_allowed: Some(next_allowed),
};

/// A limit: its reason, its period and the most messages in that period.
type Limit = (Reason, TimeDelta, u32);

fn limits(case: &Case<'_>) -> impl Iterator<Item = Limit> {
    let policy = &case.context.org.policy;
    let hourly = policy
        .lead_hourly_limit
        .map(|most| (Reason::LeadHourlyLimitReached, TimeDelta::hours(1), most));
    let daily = policy
        .lead_daily_limit
        .map(|most| (Reason::LeadDailyLimitReached, TimeDelta::hours(24), most));
    hourly.into_iter().chain(daily)
}

fn judge(case: &Case<'_>) -> Verdict {
    let verdict = verdict(case);
    match verdict.effect.reason() {
        Some(reason) if case.is_active_exchange(case.at) => Verdict {
            effect: Effect::Exempt(reason),
            ..verdict
        }
        .with("exemption", "active_exchange"),
        Some(_) | None => verdict,
    }
}

fn verdict(case: &Case<'_>) -> Verdict {
    if has_same_text(case) {
        let seconds = case.context.org.policy.same_text_seconds;
        return Verdict::refuse(Reason::LeadRecentlyContacted)
            .with("same_text_within_seconds", seconds.to_string());
    }
    let reached = limits(case)
        .map(|limit @ (_, period, most)| (first_below(case, case.at, period, most), limit))
        .filter(|(until, _)| *until != Some(case.at));
    // The limit that delays the message longest; a limit of zero never ends.
    match reached.max_by_key(|(until, _)| (until.is_none(), *until)) {
        Some((until, (reason, period, most))) => Verdict::defer(reason, until)
            .with("sent", count(case, case.at, period).to_string())
            .with("limit", most.to_string()),
        None => Verdict::allow(),
    }
}

fn next_allowed(case: &Case<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if case.is_active_exchange(t) {
        return Some(t);
    }
    limits(case).try_fold(t, |latest, (_, period, most)| {
        first_below(case, t, period, most).map(|until| until.max(latest))
    })
}

fn has_same_text(case: &Case<'_>) -> bool {
    let seconds = case.context.org.policy.same_text_seconds;
    if seconds == 0 {
        return false;
    }
    let period = TimeDelta::seconds(seconds.into());
    // A sent text is recorded as sent, including the words that policy adds to a first message.
    let appends = case.context.org.policy.first_message == IdentityPolicy::Append;
    let completed = case.features.completed.filter(|_| appends);
    let texts = [
        Some(case.features.hashes),
        completed.map(|text| text.hashes),
    ];
    let is_same = |hash| texts.iter().flatten().any(|text| text.are_of(hash));
    let mut recent = case.context.message.recipient.recent.iter();
    recent.any(|sent| is_within(sent.at, case.at, period) && is_same(sent.text_hash))
}
