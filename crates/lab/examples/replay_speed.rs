//! How fast a file of cases is judged, and whether what changes is what an oracle finds:
//! `cargo run --release -p sms-lab --example replay_speed make FILE [DECISIONS]` makes a file, and
//! `cargo run --release -p sms-lab --example replay_speed judge FILE` judges it by a law that ends the day in
//! Connecticut an hour earlier, and prints decisions a second and the most memory. It fails if the decisions that
//! change are not those of the oracle.
//!
//! Every second decision is a scenario of the domain, so that each rule and outcome occurs; the others are texts over
//! all minutes of some days, to Connecticut and elsewhere, by an organization with ten numbers.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use sms_domain::decision::{OrganizationSnapshot, Pseudonyms, WhatWasDecided, decide};
use sms_domain::law::{RuleData, RuleFiles};
use sms_domain::ports::{RuleSet, StoredBasis, StoredDecision};
use sms_domain::values::ids::{LeadId, MessageId, OrganizationId};
use sms_domain::values::phone::PhoneNumber;
use sms_lab::{
    Candidate, CaseFile, CaseWriter, Header, Laws, Names, Renaming, Replay, Replayed, StoredCase,
    replay_file,
};
use sms_scenarios::{Scenario, ScenarioCase, read_folder};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Decisions of a file that is made without a number.
const DECISIONS: u64 = 1_000_000;

/// Midnight in Connecticut, on the first of some days without a change of the clocks.
const BEGIN: &str = "2026-11-09T05:00:00Z";

/// Area codes on Eastern time, of which the first three are in Connecticut.
const PLACES: [&str; 8] = ["203", "860", "475", "212", "617", "305", "404", "215"];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", file] => make(Path::new(file), DECISIONS),
        ["make", file, decisions] => make(Path::new(file), decisions.parse()?),
        ["judge", file] => judge(Path::new(file)),
        _ => Err("expected make FILE [DECISIONS], or judge FILE".into()),
    }
}

/// Whether the `n`th decision is one of the texts over all minutes, to which place, and when.
fn text(n: u64) -> Option<(&'static str, DateTime<Utc>)> {
    let nth = n / 2;
    let place = PLACES.get(usize::try_from(nth % 8).ok()?)?;
    let begin: DateTime<Utc> = BEGIN.parse().ok()?;
    // A stride over the minutes of four days, so that any part of the file has all hours.
    let minute = i64::try_from(nth * 1_237 % (4 * 24 * 60)).ok()?;
    (n % 2 == 1).then_some((*place, begin + TimeDelta::minutes(minute)))
}

/// Whether a day that ends at seven instead of eight changes it.
fn is_changed(n: u64) -> bool {
    let eastern = TimeDelta::hours(5);
    text(n).is_some_and(|(place, at)| {
        let is_connecticut = PLACES.iter().take(3).any(|one| *one == place);
        is_connecticut && (at - eastern).hour() == 19
    })
}

fn make(path: &Path, decisions: u64) -> Outcome<()> {
    let rules = RuleData::bundled()?;
    let scenarios = scenarios(rules)?;
    let ten = ten_numbers(rules)?;
    let header = Header {
        made_at: BEGIN.parse()?,
        since: None,
        names: Names::own(),
    };
    let mut writer = CaseWriter::begin(BufWriter::new(File::create(path)?), header)?;
    writer.add_law(bundled_set(rules))?;
    let mut renaming = Renaming::by(Pseudonyms::of([1; 32]));
    let mut laws = Laws::default();
    laws.add(rules);
    let mut kept = Kept::default();
    for n in 1..=decisions {
        let case = match text(n) {
            Some((place, at)) => texted(&ten, place, n, at)?,
            None => {
                let nth = usize::try_from(n / 2)? % scenarios.len();
                scenarios.get(nth).cloned().ok_or("no scenario")?
            }
        };
        let case = laws.case(stored(case, n, &mut kept));
        writer.add(&renaming.pseudonymous(case))?;
    }
    let cases = writer.finish()?;
    writeln!(std::io::stdout(), "{cases} decisions")?;
    Ok(())
}

fn scenarios(rules: &'static RuleData) -> Outcome<Vec<ScenarioCase>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/scenarios");
    let files = read_folder(&folder)?;
    let all = files.iter().flat_map(|file| &file.scenarios);
    Ok(all.map(|one| one.case(rules)).collect::<Result<_, _>>()?)
}

fn ten_numbers(rules: &'static RuleData) -> Outcome<ScenarioCase> {
    let number = |n: u32| format!("{{ name: n{n}, phone: '+14045550{n:03}', daily_limit: 1000 }}");
    let numbers: Vec<String> = (1..=10).map(number).collect();
    let text = format!(
        "{{ name: Ten numbers, when: '{BEGIN}', numbers: [{}], lead: {{ consent: {{ basis: express, at: 1 day ago }} \
         }}, expect: {{ outcome: send }} }}",
        numbers.join(", ")
    );
    let mut scenarios = Scenario::read(&text)?;
    Ok(scenarios.remove(0).case(rules)?)
}

fn texted(ten: &ScenarioCase, place: &str, n: u64, at: DateTime<Utc>) -> Outcome<ScenarioCase> {
    let mut case = ten.clone();
    let to = PhoneNumber::parse(&format!("+1{place}555{:04}", n % 10_000))?;
    case.submission.to = to.clone();
    case.submission.requested_at = at;
    case.context.message.lead.phone = to;
    case.now = at;
    Ok(case)
}

/// The facts of organizations, shared as a store shares them.
#[derive(Default)]
struct Kept(Vec<(OrganizationSnapshot, Arc<OrganizationSnapshot>)>);

impl Kept {
    fn shared(&mut self, facts: OrganizationSnapshot) -> Arc<OrganizationSnapshot> {
        if let Some((_, shared)) = self.0.iter().find(|(known, _)| *known == facts) {
            return Arc::clone(shared);
        }
        let shared = Arc::new(facts.clone());
        self.0.push((facts, Arc::clone(&shared)));
        shared
    }
}

fn stored(case: ScenarioCase, n: u64, kept: &mut Kept) -> StoredDecision {
    let ScenarioCase {
        submission,
        mut context,
        now,
    } = case;
    context.message.lead.id = LeadId::new(Uuid::from_u128(u128::from(n)));
    let decided = decide(&submission, &context, now);
    let basis = decided.basis(&submission, &context, now);
    StoredDecision {
        organization_id: OrganizationId::new(Uuid::from_u128(1)),
        message_id: MessageId::new(Uuid::from_u128(u128::from(n))),
        decided: WhatWasDecided::Record(Box::new(decided.record(now))),
        basis: Some(StoredBasis {
            snapshot: basis.snapshot,
            organization: kept.shared(OrganizationSnapshot::of(&basis.organization)),
        }),
    }
}

fn bundled_set(rules: &RuleData) -> RuleSet {
    let files = RuleFiles::BUNDLED.texts().into_iter();
    RuleSet {
        hash: rules.version().to_owned(),
        files: files
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect(),
    }
}

fn judge(path: &Path) -> Outcome<()> {
    let replay = Replay {
        candidate: Candidate {
            law: Some(earlier_evening()?),
            policy: None,
        },
    };
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let describe = |case: &StoredCase, replayed: &Replayed| {
        let is_changed = matches!(replayed.candidate, Some(Ok(Some(_))));
        let id = case.message_id.as_uuid().as_u128();
        is_changed.then(|| id.to_string()).into_iter().collect()
    };
    let (begin, mut found) = (now(), BTreeSet::new());
    let file = CaseFile::open(BufReader::with_capacity(1 << 20, File::open(path)?))?;
    let mut told = |_, lines: Vec<String>| {
        found.extend(lines.iter().filter_map(|line| line.parse::<u64>().ok()));
    };
    let summary = replay_file(file, &replay, threads, &describe, &mut told)?;
    let seconds = (now() - begin).as_seconds_f64();
    let texts: BTreeSet<u64> = found.into_iter().filter(|n| n % 2 == 1).collect();
    let oracle: BTreeSet<u64> = (1..=summary.decisions).filter(|n| is_changed(*n)).collect();
    let rate = u32::try_from(summary.decisions).map_or(f64::INFINITY, f64::from) / seconds;
    writeln!(
        std::io::stdout(),
        "{} decisions in {seconds:.1} s on {threads} processors: {rate:.0} a second; {}; {} changed, of {} that the \
         oracle knows {}",
        summary.decisions,
        most_memory(),
        summary.candidate.differing(),
        oracle.len(),
        if texts == oracle {
            "all and no other"
        } else {
            "NOT THE SAME"
        },
    )?;
    if texts == oracle && summary.code.differing() == 0 && !summary.is_incomplete() {
        Ok(())
    } else {
        Err("what changed is not what the oracle finds".into())
    }
}

/// The law of the program, with an evening in Connecticut that ends at seven.
fn earlier_evening() -> Outcome<&'static RuleData> {
    let day = |end: &str| format!("CT,2023-10-01,enacted,09:00,{end},09:00,{end},09:00,{end}");
    let bundled = RuleFiles::BUNDLED.quiet_hours;
    let quiet_hours = bundled.replace(&day("20:00"), &day("19:00"));
    let files = RuleFiles {
        quiet_hours: &quiet_hours,
        ..RuleFiles::BUNDLED
    };
    Ok(Box::leak(Box::new(RuleData::load(&files)?)))
}

#[expect(clippy::disallowed_methods, reason = "it measures this machine")]
fn now() -> DateTime<Utc> {
    DateTime::from(std::time::SystemTime::now())
}

/// The most memory of this process, where the system tells.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(
        || "memory unknown".to_owned(),
        |peak| format!("at most {}", peak.trim()),
    )
}
