//! What a received text means.
//!
//! [`keywords`] recognises a person who withdraws consent, gives it again or asks for help, in the
//! words people really use. This module must not know what a business does about it, nor how a
//! text arrived.

pub mod keywords;

pub use keywords::{Classification, Keyword, Rule, classify, is_provider_default};
