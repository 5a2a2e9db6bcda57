//! THE list of rules. This module must not decide between them: see [`crate::decision::decide`].

mod capacity;
mod numbers;
mod opt_out;
mod ten_dlc;
mod wallet;

use super::rule::Rule;

/// All rules. All of them are evaluated for every message, and the outcome is chosen by precedence,
/// so the order means nothing but the order of the trace.
pub const RULES: [&Rule; 5] =
    [&opt_out::RULE, &ten_dlc::RULE, &numbers::RULE, &capacity::RULE, &wallet::RULE];
