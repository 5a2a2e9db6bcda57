//! What a received text means.
//!
//! `sms-keywords` recognises a person who withdraws consent, gives it again or asks for help, in the
//! words people really use. [`handling`] says what follows. This module must not know how words are
//! recognised or how a text arrived.

mod answers;
mod facts;
pub mod handling;
mod readings;

pub use answers::{AnswerDraft, SystemAnswer};
pub use facts::{ActiveSuppression, InboundFacts, TextedNumber};
pub use handling::{Answer, Arrival, Handled, InboundIds, handle};
pub use readings::understand_message;
pub use sms_keywords::{
    Classification, Keyword, Machine, MatchStep, Speaker, Understood, classify,
    is_provider_default, understand,
};
