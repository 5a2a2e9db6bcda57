//! A committed call and its answer, as they pass between the stages of dispatch. Must not know who makes
//! the call or what follows from the answer.

use sms_domain::carrier::ProviderAnswer;
use sms_domain::message::{Attempt, Message};

/// A committed attempt whose call must be made.
#[derive(Debug, Clone)]
pub struct Call {
    pub(crate) message: Message,
    pub(crate) attempt: Attempt,
}

/// A call that was made.
#[derive(Debug, Clone)]
pub struct Answered {
    pub(crate) call: Call,
    pub(crate) answer: ProviderAnswer,
}

/// Counts the accepted messages: the base for the share of missing receipts.
pub(crate) fn count_accepted(answered: &[Answered]) {
    let accepted = answered
        .iter()
        .filter(|one| matches!(one.answer, ProviderAnswer::Accepted { .. }));
    let accepted = u64::try_from(accepted.count()).unwrap_or(u64::MAX);
    metrics::counter!("sms_accepted_total").increment(accepted);
}
