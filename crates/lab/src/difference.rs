//! What two traces say differently, line by line.

use chrono::SecondsFormat;
use sms_domain::decision::{RuleVerdict, Trace};

use crate::judging::Change;
use crate::word::{Gist, RuleWord, Word};

impl Change {
    /// The lines in which the traces differ, the former first: `quiet_hours: allow -> defer quiet_hours …`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} -> {}",
            said(&self.from.gist),
            said(&self.to.gist)
        )];
        for verdict in &self.after.rules {
            let after = verdict_line(verdict);
            let before = match &self.before {
                Some(trace) => of_trace(trace, &verdict.rule),
                None if of_word(&self.from, &verdict.rule) == of_word(&self.to, &verdict.rule) => {
                    continue;
                }
                None => of_word(&self.from, &verdict.rule),
            };
            if before != after {
                lines.push(format!("{}: {before} -> {after}", verdict.rule));
            }
        }
        let gone = self.before.iter().flat_map(|trace| &trace.rules);
        let gone = gone.filter(|old| self.after.rules.iter().all(|new| new.rule != old.rule));
        lines.extend(gone.map(|old| format!("{}: {} -> no rule", old.rule, verdict_line(old))));
        lines
    }
}

/// The result in one line.
fn said(gist: &Gist) -> String {
    let mut text = gist.outcome.to_string();
    if let Some(reason) = gist.reason {
        text.push_str(&format!(" {reason}"));
    }
    if let Some(until) = gist.until {
        let until = until.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        text.push_str(&format!(" until {until}"));
    }
    if let Some(number) = gist.number {
        text.push_str(&format!(" from number {number}"));
    }
    text
}

fn of_trace(trace: &Trace, rule: &str) -> String {
    let found = trace.rules.iter().find(|verdict| verdict.rule == rule);
    found.map_or_else(|| "no rule".to_owned(), verdict_line)
}

fn of_word(word: &Word, rule: &str) -> String {
    let found = word.rules.iter().find(|word| word.rule == rule);
    found.map_or_else(|| "allow".to_owned(), rule_line)
}

fn rule_line(word: &RuleWord) -> String {
    let mut line = word.verdict.to_string();
    if let Some(reason) = word.reason {
        line.push_str(&format!(" {reason}"));
    }
    if let Some(until) = word.until {
        let until = until.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        line.push_str(&format!(" until {until}"));
    }
    line
}

fn verdict_line(verdict: &RuleVerdict) -> String {
    let mut line = rule_line(&RuleWord {
        rule: verdict.rule.clone(),
        verdict: verdict.verdict,
        reason: verdict.reason,
        until: verdict.until,
    });
    for (name, value) in &verdict.facts {
        line.push_str(&format!(", {name} = {value}"));
    }
    for finding in &verdict.findings {
        line.push_str(&format!("; {finding}"));
    }
    line
}
