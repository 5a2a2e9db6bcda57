//! `sms-api openapi`: the published document, printed or compared.

use std::path::Path;

use super::output::say;
use crate::http::spec;

/// Prints the document, or fails when `check` names a file that differs from it.
pub(super) fn run(check: Option<&Path>) -> anyhow::Result<()> {
    match check {
        Some(file) => spec::check(file),
        None => say(spec::document().trim_end()),
    }
}
