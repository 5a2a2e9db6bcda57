//! The keys of an installation: reads the operator's list, derives one key for each use, seals what
//! leaves the installation and comes back, and signs what its customers must recognise.
//!
//! Must not know where the list comes from, what a token is used for, or how anything is stored.
//! **Invariants:** no error and no `Debug` output contains a key; the first key of the list seals, and all of
//! them verify; two uses never share a key.

mod attempt_tokens;
mod keys;
mod media_tokens;
mod page_tokens;
mod webhook_secrets;

pub use attempt_tokens::SealedTokens;
pub use keys::{InstallationKeys, KeyFault, KeyUse};
pub use media_tokens::SealedMedia;
pub use page_tokens::SealedPages;
pub use webhook_secrets::DerivedSecrets;
