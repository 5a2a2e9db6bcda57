//! Rules about time belong in the domain: a use case reads the clock and passes the instant on.
//!
//! The check finds comparisons with `now`, on either side of an operator, and time spans to or from `now`. It does not
//! find calls such as `later.min(now)` or instants with other names: it catches accidents, not intent.

use crate::source_tree::{SourceFile, rust_files};
use crate::tokens::{self, Token};
use crate::{assert_none, root};

const SOURCES: &str = "crates/application/src";

/// Files that compare with the clock or measure time, and why that is not a rule. An unnecessary row is refused.
const ALLOWED: [(&str, &str); 4] = [
    (
        "crates/application/src/dispatch/recorder.rs",
        "bounds a round of writing, whatever is written",
    ),
    (
        "crates/application/src/dispatch/shares.rs",
        "who shares the slots of one process at the moment",
    ),
    (
        "crates/application/src/maintenance/backlog.rs",
        "ages of what waits, as metrics",
    ),
    (
        "crates/application/src/maintenance/job.rs",
        "how far a job is behind, as a metric",
    ),
];

fn violations(files: &[SourceFile], allowed: &[(&str, &str)]) -> Vec<String> {
    let ours = files.iter().filter(|file| file.is_below(SOURCES));
    let found: Vec<(&str, usize)> = ours
        .flat_map(|file| in_file(file).into_iter().map(|line| (&*file.path, line)))
        .collect();
    let is_allowed = |path: &str| allowed.iter().any(|(allowed, _)| *allowed == path);
    let unused = |path: &str| found.iter().all(|(found, _)| *found != path);
    let refused = found.iter().filter(|(path, _)| !is_allowed(path));
    let stale = allowed.iter().filter(|(path, _)| unused(path));
    refused
        .map(|(path, line)| format!("{path}:{line} compares with the clock: a rule of the domain"))
        .chain(stale.map(|(path, _)| format!("{path} compares with no clock: remove its row")))
        .collect()
}

/// The lines with comparisons.
fn in_file(file: &SourceFile) -> Vec<usize> {
    let tokens = tokens::of(file);
    let found = (0..tokens.len()).filter(|&at| !tokens[at].in_test && compares(&tokens, at));
    found.map(|at| tokens[at].line).collect()
}

fn compares(tokens: &[Token], at: usize) -> bool {
    let is_behind = |text: &str| at > 0 && tokens[at - 1].text == text;
    let is_before = |text: &str| tokens.get(at + 1).is_some_and(|next| next.text == text);
    match tokens[at].text.as_str() {
        // `->` and `=>` compare nothing.
        ">" if is_behind("-") || is_behind("=") => false,
        "-" if is_before(">") => false,
        "<" | ">" => ends_in_now(&tokens[..at]) || begins_with_now(&tokens[at + 1..]),
        "-" => ends_in_now(&tokens[..at]),
        "signed_duration_since" => true,
        _ => false,
    }
}

/// `… now` or `… now()`.
fn ends_in_now(before: &[Token]) -> bool {
    let texts: Vec<&str> = (before.iter().rev().take(3).rev())
        .map(|token| token.text.as_str())
        .collect();
    matches!(texts.as_slice(), [.., "now"] | [.., "now", "(", ")"])
}

/// `= now`, `*now`, `self.clock.now()` and similar: a path whose last name is `now`.
fn begins_with_now(after: &[Token]) -> bool {
    let is_passed = |token: &&Token| matches!(token.text.as_str(), "=" | "&" | "*" | "(");
    let operand = after.iter().skip_while(is_passed);
    let path = operand.take_while(|token| is_name_or_dot(&token.text));
    path.last().is_some_and(|last| last.text == "now")
}

fn is_name_or_dot(text: &str) -> bool {
    text == "." || text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[test]
fn use_cases_compare_nothing_with_the_clock() {
    assert_none(&violations(&rust_files(&root()), &ALLOWED));
}

fn lines(text: &str) -> Vec<usize> {
    in_file(&SourceFile::new("crates/application/src/a.rs", text))
}

#[test]
fn a_comparison_with_now_is_found_on_either_side() {
    for expression in [
        "now >= message.expires_at()",
        "self.clock.now() < until",
        "open.until <= now",
        "asked.filter(|at| *at > now)",
        "asked.filter(|at| at > &now)",
        "until > self.clock.now()",
        "now - began >= ROUND",
        "self.clock.now() - began",
        "now.signed_duration_since(at)",
    ] {
        let text = format!("fn a() {{\n    {expression};\n}}");
        assert_eq!(lines(&text).first(), Some(&2), "{expression}");
    }
}

#[test]
fn what_only_hands_the_instant_on_is_fine() {
    for item in [
        "fn now() -> DateTime<Utc> { clock.now() }",
        "fn a(now: Option<DateTime<Utc>>) -> Vec<Due> { b(now) }",
        "fn a() { match b { c => now, d => self.clock.now() } }",
        "fn a() { let until = now.checked_add_signed(b).unwrap_or(now); }",
        "fn a() { if tries >= most && count < 3 { b(now) } }",
    ] {
        assert!(lines(item).is_empty(), "{item}");
    }
}

#[test]
fn a_test_may_compare() {
    assert!(lines("#[cfg(test)]\nmod tests { fn a() { assert!(now > b); } }").is_empty());
}

/// Checks a real use case, and the same file with an added rule.
#[test]
fn a_spoiled_use_case_is_refused() {
    let path = "crates/application/src/dispatch/steps.rs";
    let files = rust_files(&root());
    let steps = files.iter().find(|file| file.path == path).unwrap();
    assert!(violations(std::slice::from_ref(steps), &[]).is_empty());
    let asks = "let now = self.ports.clock.now();";
    let judges = format!("{asks} if now >= message.expires_at() {{ return None; }}");
    let spoiled = SourceFile::new(path, &steps.text.replacen(asks, &judges, 1));
    assert_eq!(violations(&[spoiled], &[]).len(), 1);
}

#[test]
fn a_row_that_is_not_needed_is_refused() {
    let row = [("crates/application/src/gone.rs", "it was a metric")];
    assert_eq!(
        violations(&[], &row),
        ["crates/application/src/gone.rs compares with no clock: remove its row"]
    );
}
