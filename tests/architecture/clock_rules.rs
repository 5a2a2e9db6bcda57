//! Rules about time belong in the domain: a use case reads the clock and passes the instant on.
//!
//! The check finds comparisons of instants, on either side of an operator or in `min`, `max` and `clamp`, and time spans
//! to or from `now`. It knows an instant by its name (`now`, `at`, `until`, `sent_at`): it catches accidents, not
//! intent.

use crate::source_tree::{SourceFile, rust_files};
use crate::tokens::{self, Token};
use crate::{assert_none, root};

const SOURCES: &str = "crates/application/src";

/// Files that compare with the clock or measure time, and why that is not a rule. An unnecessary row is refused.
const ALLOWED: [(&str, &str); 6] = [
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
    (
        "crates/application/src/send/conversation_locks.rs",
        "how long a lock of one process is held",
    ),
    (
        "crates/application/src/webhooks/deliver.rs",
        "how long a call takes, in the log and as a metric",
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
        "<" | ">" => ends_in(&tokens[..at], is_instant) || begins_with_instant(&tokens[at + 1..]),
        "-" => ends_in(&tokens[..at], is_now),
        "min" | "max" | "clamp" if is_behind(".") && is_before("(") => {
            ends_in(&tokens[..at - 1], is_instant) || takes_instant(&tokens[at + 1..])
        }
        "signed_duration_since" => true,
        _ => false,
    }
}

fn is_now(name: &str) -> bool {
    name == "now"
}

fn is_instant(name: &str) -> bool {
    let ends = |end: &str| name == end || name.ends_with(&format!("_{end}"));
    is_now(name) || ends("at") || ends("until")
}

/// `… now`, `… now()` or `… sent_at`.
fn ends_in(before: &[Token], is_wanted: fn(&str) -> bool) -> bool {
    let texts: Vec<&str> = (before.iter().rev().take(3).rev())
        .map(|token| token.text.as_str())
        .collect();
    matches!(texts.as_slice(), [.., name] | [.., name, "(", ")"] if is_wanted(name))
}

/// `= now`, `*now`, `self.clock.now()`, `block.at` and similar: a path whose last name is an instant's.
fn begins_with_instant(after: &[Token]) -> bool {
    let is_passed = |token: &&Token| matches!(token.text.as_str(), "=" | "&" | "*" | "(");
    let operand = after.iter().skip_while(is_passed);
    let path = operand.take_while(|token| is_name_or_dot(&token.text));
    path.last().is_some_and(|last| is_instant(&last.text))
}

/// `(now)` or `(first, self.clock.now())`: an argument that is an instant.
fn takes_instant(call: &[Token]) -> bool {
    let mut depth = 0_usize;
    for (at, token) in call.iter().enumerate() {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        let starts_argument = depth == 1 && matches!(token.text.as_str(), "(" | ",");
        if starts_argument && begins_with_instant(&call[at + 1..]) {
            return true;
        }
        if depth == 0 {
            break;
        }
    }
    false
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
        "sms.received_at.min(self.clock.now())",
        "now.max(other)",
        "self.clock.now().min(other)",
        "at.clamp(first, now)",
        "other.clamp(first(a), self.clock.now())",
        "entry.renewed_at >= other",
        "entry.renewed >= self.at",
        "open.until < other",
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
        "fn a() { b.min(most).max(1).clamp(c(now), d) }",
        "fn a() -> Vec<Batch> { what.min(flat) }",
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

/// Checks the use case that dates opt-outs, and the same file with the date computed in place.
#[test]
fn a_use_case_that_bounds_an_instant_is_refused() {
    let path = "crates/application/src/inbound/receive_inbound.rs";
    let files = rust_files(&root());
    let receive = files.iter().find(|file| file.path == path).unwrap();
    assert!(violations(std::slice::from_ref(receive), &[]).is_empty());
    let asks = "sms.written_at(self.ports.clock.now())";
    assert!(receive.text.contains(asks));
    let bounds = "sms.received_at.min(self.ports.clock.now())";
    let spoiled = SourceFile::new(path, &receive.text.replacen(asks, bounds, 1));
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
