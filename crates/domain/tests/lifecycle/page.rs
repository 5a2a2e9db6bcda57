//! The table and the page.

use std::path::Path;

use sms_domain::message::guide::{lifecycle_document, matrix};

#[test]
fn the_matrix_of_statuses_and_events_is_known() {
    let lines: Vec<_> = matrix()
        .map(|(from, row)| format!("{from:<24} {:<40} {}", row.event.label(), row.to))
        .collect();
    insta::assert_snapshot!("matrix", lines.join("\n"));
}

#[test]
fn the_page_for_people_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lifecycle.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, lifecycle_document()).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        page == lifecycle_document(),
        "docs/lifecycle.md is stale: run `just generate`"
    );
}
