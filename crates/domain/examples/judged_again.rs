//! Judges decisions again on what is kept of them, each rule with each of its effects, each gate and each strategy many
//! times: `cargo run --release -p sms-domain --example judged_again [TIMES]`. The cases are the scenarios, each with as
//! many organizations, people and balances.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use sms_domain::compliance::rules::RULES;
use sms_domain::decision::{
    DecisionRecord, OrganizationSnapshot, Snapshot, Verified, WhatWasDecided, decide,
};
use sms_domain::law::RuleData;
use sms_domain::numbers::gates::GATES;
use sms_domain::numbers::selection::STRATEGIES;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{ConversationId, LeadId};
use sms_scenarios::{Scenario, ScenarioCase, read_folder};
use uuid::Uuid;

/// How often each is judged by default.
const TIMES: u32 = 100;

#[derive(Default)]
struct Tally {
    judged: u64,
    different: Vec<String>,
    counts: BTreeMap<String, u64>,
}

fn main() -> ExitCode {
    let times = std::env::args().nth(1).and_then(|times| times.parse().ok());
    let times: u32 = times.unwrap_or(TIMES);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut tally = Tally::default();
    for file in read_folder(&folder).expect("the scenarios are read") {
        for scenario in &file.scenarios {
            for nth in 0..times {
                tally.judge(scenario, nth);
            }
        }
    }
    let rare = tally.rare(times.into());
    let mut out = std::io::stdout();
    for (what, count) in &tally.counts {
        let _ = writeln!(out, "{count:>9} {what}");
    }
    let _ = writeln!(
        out,
        "{} decisions judged again, {} came out otherwise: {:?}; fewer than {times} of: {rare:?}",
        tally.judged,
        tally.different.len(),
        tally.different.first(),
    );
    ExitCode::from(u8::from(!rare.is_empty() || !tally.different.is_empty()))
}

impl Tally {
    fn judge(&mut self, scenario: &Scenario, nth: u32) {
        let rules = RuleData::bundled().expect("the bundled law is valid");
        let case = scenario.case(rules).expect("the scenario is a case");
        let ScenarioCase {
            submission,
            context,
            now,
        } = another(case, nth);
        let decided = decide(&submission, &context, now);
        let basis = decided.basis(&submission, &context, now);
        let organization = OrganizationSnapshot::of(&basis.organization);
        let (snapshot, organization) = stored(&basis.snapshot, &organization);
        let record = decided.record(now);
        let kept = WhatWasDecided::Record(Box::new(record.clone()));
        let found = Verified::of(&kept, &snapshot, &organization, rules);
        self.judged += 1;
        if !matches!(found, Verified::Same { .. }) {
            self.different.push(scenario.name.clone());
        }
        self.count(&record);
    }

    fn count(&mut self, record: &DecisionRecord) {
        let verdicts = record.trace.rules.iter();
        let mut seen: BTreeSet<String> = verdicts
            .map(|one| format!("rule {}: {}", one.rule, one.verdict.as_str()))
            .collect();
        if let Some(number) = &record.trace.number {
            seen.insert(format!("strategy {}", number.selection.as_str()));
        }
        let others = record.trace.others.iter();
        seen.extend(
            others
                .flat_map(|other| &other.failed_gates)
                .map(|gate| format!("gate {gate}")),
        );
        for what in seen {
            *self.counts.entry(what).or_default() += 1;
        }
    }

    /// What occurred less often than asked for: effects that were seen, and everything that there is.
    fn rare(&self, times: u64) -> Vec<String> {
        let rules = RULES
            .iter()
            .map(|rule| format!("rule {}: allow", rule.code));
        let gates = GATES
            .iter()
            .map(|gate| format!("gate {}", gate.code.as_str()));
        let strategies = STRATEGIES
            .iter()
            .map(|strategy| format!("strategy {}", strategy.reason.as_str()));
        let seen = self.counts.keys().cloned();
        let all: BTreeSet<String> = seen.chain(rules).chain(gates).chain(strategies).collect();
        let count = |what: &String| self.counts.get(what).copied().unwrap_or_default();
        all.into_iter().filter(|what| count(what) < times).collect()
    }
}

/// The case of another person with a little more money, in the same situation.
fn another(mut case: ScenarioCase, nth: u32) -> ScenarioCase {
    let id = Uuid::from_u128(0xA0_0000_0000 + u128::from(nth));
    let message = &mut case.context.message;
    message.lead.id = LeadId::new(id);
    message.conversation.id = ConversationId::new(id);
    case.submission.conversation_id = ConversationId::new(id);
    if message.wallet.balance > Money::ZERO {
        let more = Money::from_micros(i64::from(nth));
        message.wallet.balance = message.wallet.balance.plus(more);
    }
    Arc::make_mut(&mut case.context.org).policy_version = i64::from(nth);
    case
}

/// The snapshots after they went through a store.
fn stored(
    snapshot: &Snapshot,
    organization: &OrganizationSnapshot,
) -> (Snapshot, OrganizationSnapshot) {
    let snapshot = serde_json::to_vec(snapshot).expect("a snapshot is JSON");
    let (_, organization) = organization.encode();
    (
        serde_json::from_slice(&snapshot).expect("a snapshot is read"),
        serde_json::from_slice(&organization).expect("facts are read"),
    )
}
