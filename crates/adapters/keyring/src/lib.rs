//! The keys of an installation: reads the operator's list, derives one key for each use, and seals what
//! leaves the installation and comes back.
//!
//! Must not know where the list comes from, what a token is used for, or how anything is stored.
//! **Invariants:** no error and no `Debug` output contains a key; the first key of the list seals, and all of
//! them verify; two uses never share a key.

mod attempt_tokens;
mod keys;
mod page_tokens;

pub use attempt_tokens::SealedTokens;
pub use keys::{InstallationKeys, KeyFault, KeyUse};
pub use page_tokens::SealedPages;
