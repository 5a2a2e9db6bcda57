//! The architecture, checked: who may depend on whom (read from `cargo metadata`), which source files
//! may name what, how files look, and that the documents still speak of things that exist.
//!
//! It must not know what the product does. Each rule here is written down for people in
//! `docs/architecture.md`; each check is itself tested on small made-up trees.

mod circles;
mod clock_rules;
mod dependencies;
mod documents;
mod floors;
mod imports;
mod packages;
mod source_rules;
mod source_tree;
mod sql;
mod style;
mod tokens;

use std::path::PathBuf;

/// The repository's top folder.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Fails with every violation at once.
fn assert_none(violations: &[String]) {
    assert!(
        violations.is_empty(),
        "\n{} violation(s), see docs/architecture.md:\n  {}\n",
        violations.len(),
        violations.join("\n  ")
    );
}
