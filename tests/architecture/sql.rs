//! SQL and SQL libraries belong in one crate of the product.
//!
//! The check finds string literals that start like a statement, in capitals as everywhere in this repository, and paths
//! into the libraries. `dependencies.rs` prevents their declaration; this check prevents their use through another crate.

use crate::source_tree::{SourceFile, rust_files};
use crate::tokens::{self, Token};
use crate::{assert_none, root};

/// Folders that may contain SQL, and why.
const SPEAK_SQL: [(&str, &str); 3] = [
    ("crates/adapters/postgres", "the ports on Postgres"),
    (
        "crates/pg-launcher",
        "creates, clones and drops databases, without a table of ours",
    ),
    ("tests/bench", "measures the product beside plain Postgres"),
];

const LIBRARIES: [&str; 5] = [
    "diesel",
    "diesel_async",
    "diesel_migrations",
    "tokio_postgres",
    "sqlx",
];

/// The start of each statement, and text that it must also contain.
const STATEMENTS: [(&str, &str); 13] = [
    ("SELECT ", ""),
    ("INSERT INTO ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("WITH ", " AS ("),
    ("CREATE ", ""),
    ("ALTER ", ""),
    ("DROP ", ""),
    ("TRUNCATE ", ""),
    ("LOCK TABLE ", ""),
    ("SET ", " = "),
    ("BEGIN", ""),
    ("ROLLBACK", ""),
];

fn violations(files: &[SourceFile]) -> Vec<String> {
    files.iter().flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<String> {
    if SPEAK_SQL.iter().any(|(folder, _)| file.is_below(folder)) {
        return Vec::new();
    }
    let tokens = tokens::of(file);
    let product = tokens.iter().filter(|token| !token.in_test);
    product
        .filter_map(|token| Some((token.line, found(token)?)))
        .map(|(line, what)| format!("{}:{line} {what}", file.path))
        .collect()
}

fn found(token: &Token) -> Option<String> {
    if LIBRARIES.contains(&token.text.as_str()) {
        return Some(format!("names {}", token.text));
    }
    // The text of a doc comment is an attribute.
    let is_statement = !token.in_attribute && is_statement(&token.text);
    is_statement.then(|| format!("contains SQL: {}", token.text))
}

/// Whether a token is a string literal that starts like a statement.
fn is_statement(token: &str) -> bool {
    let Some((prefix, text)) = token.split_once('"') else {
        return false;
    };
    let is_text = prefix.chars().all(|c| matches!(c, 'r' | 'b' | 'c' | '#'));
    let text = text.trim_start();
    let begins = |(start, inside): &(&str, &str)| text.starts_with(start) && text.contains(inside);
    is_text && STATEMENTS.iter().any(begins)
}

#[test]
fn sql_stands_in_its_own_crate() {
    assert_none(&violations(&rust_files(&root())));
}

fn of(path: &str, text: &str) -> usize {
    violations(&[SourceFile::new(path, text)]).len()
}

const USE_CASE: &str = "crates/application/src/a.rs";

#[test]
fn a_statement_in_whatever_kind_of_text_is_refused() {
    for text in [
        r#""SELECT 1""#,
        r##"r#"SELECT "a" FROM b"#"##,
        "\"\n    UPDATE a\n    SET b = 1\"",
        r#""WITH a AS (SELECT 1) SELECT 2""#,
        r#""SET statement_timeout = 1""#,
        r#""BEGIN""#,
    ] {
        let text = format!("const A: &str = {text};");
        assert_eq!(of(USE_CASE, &text), 1, "{text}");
        assert_eq!(of("crates/adapters/postgres/src/a.rs", &text), 0);
        assert_eq!(of("crates/application/tests/a.rs", &text), 0);
    }
}

#[test]
fn a_library_that_comes_in_through_another_crate_is_refused() {
    let text = "use sms_postgres::diesel::prelude::*;";
    assert_eq!(of("apps/api/src/a.rs", text), 1);
    assert_eq!(of("crates/pg-launcher/src/a.rs", text), 0);
}

#[test]
fn sentences_and_comments_are_no_statements() {
    for text in [
        "// SELECT 1\n/// UPDATE a SET b\nfn a() {}",
        r#"const A: &str = "Select a number from the list";"#,
        r#"const A: &str = "UPDATE";"#,
        r#"const A: &str = "SET";"#,
        r#"const A: &str = "must not be SELECT 1";"#,
    ] {
        assert_eq!(of(USE_CASE, text), 0, "{text}");
    }
}

/// Checks a real use case, and the same file with an added query.
#[test]
fn a_spoiled_use_case_is_refused() {
    let path = "crates/application/src/send/send_sms.rs";
    let files = rust_files(&root());
    let file = files.iter().find(|file| file.path == path).unwrap();
    assert_eq!(of(path, &file.text), 0);
    let query = "const QUERY: &str = \"SELECT version FROM messages\";";
    assert_eq!(of(path, &format!("{}\n{query}", file.text)), 1);
}
