//! Handling of received texts.
//!
//! `sms-keywords` recognises opt-outs, opt-ins and requests for help in everyday wording.
//! [`handling`] defines what follows. This module must not know how words are recognised or how a
//! text arrived.

mod answers;
mod facts;
pub mod handling;
mod readings;

pub use answers::{AnswerDraft, SystemAnswer};
pub use facts::{ActiveSuppression, InboundFacts, TextedNumber};
pub use handling::{Answer, Arrival, Handled, InboundIds, handle};
pub use readings::understand_message;
pub use sms_keywords::{Keyword, Understood};
