//! `sms-api openapi`: the published document, printed or compared.

use std::path::Path;

use sms_domain::ports::Contract;

use super::output::say;
use crate::http::spec;

/// Prints the document of a contract, or fails when `check` names a file that differs from it.
pub(super) fn run(check: Option<&Path>, contract: Contract) -> anyhow::Result<()> {
    match check {
        Some(file) => spec::check(file, contract),
        None => say(spec::document(contract).trim_end()),
    }
}
