//! Checks of the architecture: which package may depend on which (from `cargo metadata`), which source
//! files may name what, the form of files, and that documents refer only to existing things.
//!
//! These checks must not know what the product does. `docs/architecture.md` states each rule for people,
//! and each check is itself tested on small made-up trees.

mod circles;
mod clock_rules;
mod dependencies;
mod docs;
mod documents;
mod floors;
mod glossary;
mod imports;
mod packages;
mod source_rules;
mod source_tree;
mod sql;
mod style;
mod tokens;

use std::path::PathBuf;

/// The repository's root folder.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Fails with all violations, unless there are none.
fn assert_none(violations: &[String]) {
    assert!(
        violations.is_empty(),
        "\n{} violation(s), see docs/architecture.md:\n  {}\n",
        violations.len(),
        violations.join("\n  ")
    );
}
