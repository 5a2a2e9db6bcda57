//! Scenarios: decisions as people write them down in YAML, with the facts, an instant, and what must
//! come out. `sms-api rules test` runs them, and so do the tests of the domain.
//!
//! `crates/domain/tests/scenarios/README.md` describes the format. This crate must not know how a
//! decision is made, and no scenario can stop it: what cannot be understood is an error.

pub mod facts;
mod files;
mod given;
mod judged;
mod moment;
mod numbers;

pub use files::{ScenarioFile, read_folder};
pub use given::{Expected, Scenario, ScenarioCase};
pub use judged::{Difference, Judged};

/// A scenario, or a file of them, that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(String);

impl ScenarioError {
    #[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
    fn new(reason: impl ToString) -> Self {
        Self(reason.to_string())
    }

    /// The error with what it is about in front.
    fn about(what: impl std::fmt::Display) -> impl FnOnce(Self) -> Self {
        move |Self(reason)| Self(format!("{what}: {reason}"))
    }
}
