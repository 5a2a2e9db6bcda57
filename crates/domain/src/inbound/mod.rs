//! What a received text means.
//!
//! [`keywords`] recognises a person who withdraws consent, gives it again or asks for help, in the
//! words people really use, and must not know what a business does about it. [`handling`] says what
//! follows. This module must not know how a text arrived.

mod answers;
mod facts;
pub mod handling;
pub mod keywords;

pub use answers::{AnswerDraft, SystemAnswer};
pub use facts::{ActiveSuppression, InboundFacts, TextedNumber};
pub use handling::{Answer, Arrival, Handled, InboundIds, handle};
pub use keywords::{Classification, Keyword, Rule, classify, is_provider_default};
