//! The form of source files: they state their purpose, they are short, and they have no notes about
//! unfinished work.

use crate::source_tree::{SourceFile, rust_files};
use crate::{assert_none, root};

/// Longest file in lines; longer files need a row in [`LONG`].
const LIMIT: usize = 400;

/// Files over the limit, and why they are better in one file.
const LONG: [(&str, &str); 1] = [(
    "crates/adapters/postgres/src/schema.rs",
    "every table once, compared with the catalogue of the database",
)];

/// Words that mark unfinished work at the start of a comment.
const NOTES: [&str; 3] = ["TODO", "FIXME", "XXX"];

fn violations(files: &[SourceFile], long: &[(&str, &str)]) -> Vec<String> {
    let mut found: Vec<String> = files.iter().flat_map(|file| in_file(file, long)).collect();
    found.extend(stale(files, long));
    found
}

fn in_file(file: &SourceFile, long: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    if !file.text.starts_with("//!") {
        found.push(format!(
            "{} does not begin with what it is for (`//!`)",
            file.path
        ));
    }
    let length = file.text.lines().count();
    if length > LIMIT && !long.iter().any(|(path, _)| *path == file.path) {
        found.push(format!("{} has {length} lines, over {LIMIT}", file.path));
    }
    for (at, line) in file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_note(line))
    {
        found.push(format!(
            "{}:{} is a note: {}",
            file.path,
            at + 1,
            line.trim()
        ));
    }
    found
}

fn is_note(line: &str) -> bool {
    let comment = line
        .split_once("//")
        .map(|(_, comment)| comment.trim_start_matches(['/', '!', ' ']));
    comment.is_some_and(|comment| NOTES.iter().any(|note| comment.starts_with(note)))
}

/// Unnecessary rows of the table.
fn stale(files: &[SourceFile], long: &[(&str, &str)]) -> Vec<String> {
    let is_long = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.is_some_and(|file| file.text.lines().count() > LIMIT)
    };
    let stale = long.iter().filter(|(path, _)| !is_long(path));
    stale
        .map(|(path, _)| format!("{path} is not over {LIMIT} lines: remove its row"))
        .collect()
}

#[test]
fn source_files_are_short_and_say_what_they_are_for() {
    assert_none(&violations(&rust_files(&root()), &LONG));
}

fn of(text: &str, long: &[(&str, &str)]) -> usize {
    violations(&[SourceFile::new("a.rs", text)], long).len()
}

#[test]
fn a_file_without_a_first_comment_is_refused() {
    assert_eq!(of("use a::b;\n", &[]), 1);
    assert_eq!(of("//! Fine.\nuse a::b;\n", &[]), 0);
}

#[test]
fn a_long_file_needs_a_reason() {
    let longest = format!("//! Fine.\n{}", "\n".repeat(LIMIT - 1));
    let too_long = format!("{longest}\n");
    assert_eq!([of(&longest, &[]), of(&too_long, &[])], [0, 1]);
    assert_eq!(of(&too_long, &[("a.rs", "it is a table")]), 0);
}

#[test]
fn a_reason_for_a_file_that_became_short_is_refused() {
    assert_eq!(of("//! Fine.\n", &[("a.rs", "it was a table")]), 1);
    assert_eq!(of("//! Fine.\n", &[("gone.rs", "it was a table")]), 1);
}

#[test]
fn notes_of_work_to_be_done_are_refused() {
    for note in NOTES {
        assert_eq!(
            of(&format!("//! Fine.\nfn a() {{}} // {note}: later\n"), &[]),
            1
        );
    }
    assert_eq!(of("//! Fine.\n// The word TODO in a sentence.\n", &[]), 0);
}
