//! Which source files may name which items.

use crate::source_tree::{SourceFile, rust_files};
use crate::tokens::{self, Token, find};
use crate::{assert_none, root};

/// The only files of the programs that may name adapters, and why.
const NAMES_ADAPTERS: [(&str, &str); 6] = [
    (
        "apps/api/src/wiring/stores.rs",
        "puts the store behind its ports",
    ),
    (
        "apps/api/src/wiring/telnyx.rs",
        "puts the carrier behind its ports, and reads its accounts",
    ),
    (
        "apps/api/src/wiring/customers.rs",
        "puts calls to customers behind their port",
    ),
    (
        "apps/api/src/wiring/secrets.rs",
        "puts the installation's keys behind the ports that rest on them",
    ),
    (
        "apps/api/src/commands/dev.rs",
        "starts Postgres and the simulator in this process, and keeps a key",
    ),
    (
        "apps/api/src/config.rs",
        "reads keys into the type that checks them",
    ),
];

const ADAPTERS: [&str; 5] = [
    "sms_postgres",
    "sms_telnyx",
    "sms_keyring",
    "sms_outbound",
    "telnyx_sim",
];

/// The crates that consist of pure functions.
const PURE: [&str; 3] = [
    "crates/domain/src",
    "crates/keywords/src",
    "crates/text/src",
];

/// Modules of the standard library with side effects.
const OUTSIDE: [&str; 7] = ["env", "fs", "io", "net", "process", "thread", "time"];

/// Functions that wait in real time. The method `clock.sleep_until(…)` is not affected.
const WAITS: [&str; 5] = [
    "sleep",
    "sleep_until",
    "sleep_ms",
    "park_timeout",
    "interval",
];

fn violations(files: &[SourceFile]) -> Vec<String> {
    files.iter().flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<String> {
    let tokens = tokens::of(file);
    let rules = [adapters, outside, asynchrony, waiting, unfinished];
    let found = rules.iter().flat_map(|rule| rule(file, &tokens));
    found
        .map(|(line, what)| format!("{}:{line} {what}", file.path))
        .collect()
}

type Found = Vec<(usize, String)>;

fn adapters(file: &SourceFile, tokens: &[Token]) -> Found {
    let may = NAMES_ADAPTERS.iter().any(|(path, _)| *path == file.path);
    if !file.is_below("apps") || may {
        return Vec::new();
    }
    let named = tokens
        .iter()
        .filter(|one| !one.in_test && ADAPTERS.contains(&one.text.as_str()));
    named
        .map(|one| (one.line, format!("names the adapter {}", one.text)))
        .collect()
}

fn outside(file: &SourceFile, tokens: &[Token]) -> Found {
    if !is_pure(file) {
        return Vec::new();
    }
    let reaches = |module: &&str| find(tokens, &["std", ":", ":", module]);
    let found = OUTSIDE.iter().flat_map(reaches);
    found
        .filter(|one| !one.in_test)
        .map(|one| (one.line, "reaches outside a pure crate".to_owned()))
        .collect()
}

fn asynchrony(file: &SourceFile, tokens: &[Token]) -> Found {
    if !is_pure(file) || file.is_below("crates/domain/src/ports") {
        return Vec::new();
    }
    let found = find(tokens, &["async"])
        .into_iter()
        .filter(|one| !one.in_test);
    found
        .map(|one| (one.line, "is asynchronous outside the ports".to_owned()))
        .collect()
}

fn is_pure(file: &SourceFile) -> bool {
    PURE.iter().any(|folder| file.is_below(folder))
}

fn waiting(_: &SourceFile, tokens: &[Token]) -> Found {
    let waits = tokens.windows(2).filter(|pair| {
        let (before, name) = (&pair[0].text, &pair[1]);
        name.in_test && WAITS.contains(&name.text.as_str()) && before != "." && before != "fn"
    });
    waits
        .map(|pair| (pair[1].line, "waits for real time in a test".to_owned()))
        .collect()
}

fn unfinished(_: &SourceFile, tokens: &[Token]) -> Found {
    let macros = ["todo", "unimplemented"].into_iter().flat_map(|name| {
        find(tokens, &[name, "!"])
            .into_iter()
            .map(move |one| (one.line, format!("is a {name}!")))
    });
    let allows = find(tokens, &["allow", "("])
        .into_iter()
        .filter(|one| one.in_attribute);
    let skips = find(tokens, &["[", "ignore", "]"])
        .into_iter()
        .filter(|one| one.in_attribute);
    macros
        .chain(allows.map(|one| {
            (
                one.line,
                "allows a lint: expect it, with a reason".to_owned(),
            )
        }))
        .chain(skips.map(|one| (one.line, "skips a test without a reason".to_owned())))
        .collect()
}

#[test]
fn source_files_name_only_what_they_may() {
    assert_none(&violations(&rust_files(&root())));
}

fn lines(path: &str, text: &str) -> Vec<usize> {
    let file = SourceFile::new(path, text);
    in_file(&file)
        .iter()
        .map(|found| found.split([':', ' ']).nth(1).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn only_the_composition_root_names_adapters() {
    let text = "//! x\nuse sms_postgres::Pg;\nfn a() { telnyx_sim::run(); }";
    assert_eq!(lines("apps/api/src/http/routes/send.rs", text), [2, 3]);
    assert!(lines("apps/api/src/wiring/stores.rs", text).is_empty());
    assert!(lines("tests/system/main.rs", text).is_empty());
}

#[test]
fn a_test_of_a_program_may_name_adapters() {
    let text = "#[cfg(test)]\nmod tests { use telnyx_sim::Simulator; }";
    assert!(lines("apps/api/src/http/app.rs", text).is_empty());
}

#[test]
fn the_domain_reaches_for_nothing() {
    let text = "use std::fs;\nuse std::collections::HashMap;\nfn a() { std::env::var(\"B\"); }";
    assert_eq!(lines("crates/domain/src/a.rs", text), [3, 1]);
    assert_eq!(lines("crates/keywords/src/a.rs", text), [3, 1]);
    assert!(lines("crates/adapters/postgres/src/a.rs", text).is_empty());
}

#[test]
fn the_domain_is_asynchronous_only_in_its_ports() {
    let text = "pub async fn a() {}";
    assert_eq!(lines("crates/domain/src/a.rs", text), [1]);
    assert!(lines("crates/domain/src/ports/a.rs", text).is_empty());
}

#[test]
fn tests_do_not_wait_for_real_time() {
    let text = "use tokio::time::{sleep, Duration};\nfn a() { std::thread::sleep(b); }";
    assert_eq!(lines("tests/system/a.rs", text), [1, 2]);
    assert!(lines("apps/api/src/system.rs", text).is_empty());
    let clock = "impl Clock for C { fn sleep_until() {} }\nfn a() { clock.sleep_until(t); }";
    assert!(lines("tests/system/a.rs", clock).is_empty());
}

#[test]
fn nothing_is_left_unfinished_or_silenced() {
    let text = "#![allow(dead_code)]\n#[ignore]\nfn a() { todo!() }\n#[cfg_attr(b, allow(c))]\nfn d() { unimplemented!(\"e\") }";
    let mut found = lines("crates/a/src/b.rs", text);
    found.sort_unstable();
    assert_eq!(found, [1, 2, 3, 4, 5]);
    let fine = "#[expect(dead_code, reason = \"a\")] #[ignore = \"b\"] fn a() { rule.allow(b); }";
    assert!(lines("crates/a/src/b.rs", fine).is_empty());
}
