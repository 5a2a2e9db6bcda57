//! Tokens that a webhook's URL carries, made and read without a store.

use crate::carrier::AttemptToken;
use crate::message::AttemptId;

/// Makes and reads the tokens of attempts.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait AttemptTokens: Send + Sync {
    /// The token of an attempt: always the same under the same keys, at most 100 characters that a path
    /// segment may have.
    fn seal(&self, attempt: AttemptId) -> AttemptToken;

    /// The attempt of a token. `None` if this installation did not seal it; a token MUST be refused when
    /// anything of it was changed.
    fn open(&self, token: &AttemptToken) -> Option<AttemptId>;
}
