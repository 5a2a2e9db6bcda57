//! A change of law on the decisions of a system that ran: `rules replay` names what would change, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, FixedOffset, TimeDelta, Timelike as _, Utc};
use clap::Parser as _;
use sms_api::cli::Cli;
use sms_api::commands::rules::Ended;
use sms_domain::law::RuleFiles;
use sms_tests::TestApp;

/// Runs a command; its status.
async fn status(app: &TestApp, words: &[&str]) -> u8 {
    let words = ["sms-api", "rules"].iter().chain(words);
    let command = Cli::try_parse_from(words).unwrap().command;
    match app.operate(command).await {
        Ok(()) => 0,
        Err(error) => {
            let ended = error.downcast_ref::<Ended>().expect("a status");
            assert!(ended.error.is_none(), "{ended}");
            ended.code
        }
    }
}

/// A folder with the law of the program, but for the evening of Connecticut.
fn connecticut_until(end: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let day = |end: &str| format!("CT,2023-10-01,enacted,09:00,{end},09:00,{end},09:00,{end}");
    let hours = RuleFiles::BUNDLED.quiet_hours;
    let changed = hours.replace(&day("20:00"), &day(end));
    assert_ne!(changed, hours);
    std::fs::write(folder.path().join("state_quiet_hours.csv"), changed).unwrap();
    folder
}

/// Area codes, and whether they are in Connecticut. All are on Eastern time.
const PLACES: [(&str, bool); 6] = [
    ("203", true),
    ("212", false),
    ("860", true),
    ("617", false),
    ("475", true),
    ("305", false),
];

/// Every quarter of an hour of two days, before and after the clocks change.
fn instants() -> Vec<DateTime<FixedOffset>> {
    let days = ["2026-03-06T00:00:00-05:00", "2026-03-09T00:00:00-04:00"];
    let quarter = |day: &str, n: i32| {
        let begin = DateTime::parse_from_rfc3339(day).unwrap();
        begin + TimeDelta::minutes(15) * n
    };
    let days = days.iter().flat_map(|day| (0..96).map(|n| quarter(day, n)));
    days.collect()
}

/// A decision: the message and the instant.
type Decision = (String, DateTime<Utc>);

/// Messages at all those instants, which leave at once if they may; the decisions that an evening that ends at seven
/// would change, as the oracle finds them.
async fn history(app: &TestApp) -> BTreeSet<Decision> {
    let acme = app.tenant().await;
    let mut changed = BTreeSet::new();
    for (n, at) in instants().into_iter().enumerate() {
        app.set_time(&at.to_rfc3339());
        let (code, is_connecticut) = PLACES[n % PLACES.len()];
        let conversation = acme.conversation(&format!("+1{code}555{n:04}")).await;
        let id = acme.send_text(conversation, "Hello!").await;
        app.deliver().await;
        if is_connecticut && at.hour() == 19 {
            changed.insert((id, at.to_utc()));
        }
    }
    assert!(changed.len() >= 4);
    changed
}

/// The decisions that the file of changes names, each with what became of it.
fn named(changes: &Path) -> BTreeSet<(Decision, String)> {
    let text = std::fs::read_to_string(changes).unwrap();
    let read = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let at: DateTime<Utc> = cells[3].parse().unwrap();
        let what = [cells[0], cells[4], cells[5], cells[7]].join(",");
        ((cells[2].to_owned(), at), what)
    };
    text.lines().skip(1).map(read).collect()
}

#[tokio::test]
async fn a_candidate_changes_exactly_what_an_oracle_finds_in_the_store_and_in_an_export() {
    let app = TestApp::start().await;
    let expected = history(&app).await;
    let (law, out) = (connecticut_until("19:00"), tempfile::tempdir().unwrap());
    let law = law.path().to_str().unwrap();
    let file = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let (changes, cases) = (file("changes.csv"), file("cases"));

    let since = ["replay", "--since", "2026-03-01"];
    assert_eq!(status(&app, &[&since[..], &["--strict"]].concat()).await, 0);
    let by_law = ["--law", law, "--strict", "--changes", &changes];
    assert_eq!(status(&app, &[&since[..], &by_law].concat()).await, 1);
    let what = "candidate,allowed,deferred quiet_hours,quiet_hours".to_owned();
    let named_ones = named(Path::new(&changes));
    let expected_ones: BTreeSet<_> = expected
        .iter()
        .cloned()
        .map(|one| (one, what.clone()))
        .collect();
    assert_eq!(named_ones, expected_ones);

    let export = ["export", "--since", "2026-03-01", "--out", &cases];
    assert_eq!(status(&app, &export).await, 0);
    let changes = file("changes of the file.csv");
    let by_law = [
        "replay",
        &cases,
        "--law",
        law,
        "--strict",
        "--changes",
        &changes,
    ];
    assert_eq!(status(&app, &by_law).await, 1);
    let instants = |decisions: BTreeSet<(Decision, String)>| {
        let instants = decisions.into_iter().map(|((_, at), what)| (at, what));
        instants.collect::<BTreeSet<_>>()
    };
    assert_eq!(instants(named(Path::new(&changes))), instants(named_ones));
}

#[tokio::test]
async fn a_candidate_that_would_open_what_was_protected_ends_with_a_status_of_its_own() {
    let app = TestApp::start().await;
    history(&app).await;
    let law = connecticut_until("21:00");
    let never = "deferred,opted_out,blocked_compliance -> allowed";
    let by_law = [
        "replay",
        "--since",
        "2026-03-01",
        "--law",
        law.path().to_str().unwrap(),
    ];
    assert_eq!(status(&app, &by_law).await, 1);
    let never = ["--never", never];
    assert_eq!(status(&app, &[&by_law[..], &never].concat()).await, 3);
}
