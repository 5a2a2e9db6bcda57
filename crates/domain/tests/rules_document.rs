//! `docs/rules.md` matches the code.

use std::{env, fs};

use sms_domain::compliance::rules_document;
use sms_domain::law::RuleData;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the switch that writes the generated file"
)]
fn the_document_on_rules_is_what_the_code_generates() {
    let generated = rules_document(RuleData::bundled().unwrap());
    if env::var("UPDATE_DOCS").is_ok() {
        fs::write(FILE, &generated).unwrap();
    }
    let written = fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == generated,
        "docs/rules.md is stale: run this test with UPDATE_DOCS=1"
    );
}
