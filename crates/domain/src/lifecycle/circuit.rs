//! The effect of a provider's response on the circuit of the account: whether a pause begins or ends.
//! Must not know which accounts exist or where their circuits are stored.

use chrono::TimeDelta;

use crate::carrier::{Limit, ProviderAnswer, RefusalClass};

/// The effect of a response on the circuit of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitMove {
    /// The carrier refuses the account: there are no further calls until a probe, or until its
    /// spending limit ends.
    Open(RefusalClass),
    /// The carrier accepted the message, or refused only this call: the account works.
    Close,
    /// The account was throttled: a pause follows, of the length that the carrier asks for, if any.
    Pause(Option<TimeDelta>),
    /// The response has no meaning for the account.
    Stay,
}

impl CircuitMove {
    /// The move that follows from a response.
    #[must_use]
    pub const fn after(answer: &ProviderAnswer) -> Self {
        let refusal = match answer {
            ProviderAnswer::Accepted { .. } => return Self::Close,
            ProviderAnswer::Unknown { .. } => return Self::Stay,
            ProviderAnswer::Refused(refusal) => refusal,
        };
        match refusal.class {
            RefusalClass::Account | RefusalClass::SpendLimit => Self::Open(refusal.class),
            RefusalClass::Message
            | RefusalClass::Malformed
            | RefusalClass::Number
            | RefusalClass::OptedOut
            | RefusalClass::Registration => Self::Close,
            RefusalClass::SlowDown(Limit::Account) => Self::Pause(refusal.retry_after),
            RefusalClass::SlowDown(Limit::Number | Limit::Campaign | Limit::BrandDay)
            | RefusalClass::Transient => Self::Stay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::{ProviderError, Refusal};

    fn refused(class: RefusalClass, retry_after: Option<TimeDelta>) -> CircuitMove {
        CircuitMove::after(&ProviderAnswer::Refused(Refusal {
            class,
            error: ProviderError {
                code: "1".to_owned(),
                message: "A sentence".to_owned(),
            },
            retry_after,
        }))
    }

    #[test]
    fn only_a_refusal_of_the_account_opens_its_circuit() {
        for class in [RefusalClass::Account, RefusalClass::SpendLimit] {
            assert_eq!(refused(class, None), CircuitMove::Open(class));
        }
    }

    #[test]
    fn an_answer_about_one_message_shows_that_the_account_works() {
        let accepted = ProviderAnswer::Accepted {
            provider_message_id: "m-1".to_owned(),
            parts: None,
        };
        assert_eq!(CircuitMove::after(&accepted), CircuitMove::Close);
        for class in [
            RefusalClass::Message,
            RefusalClass::Malformed,
            RefusalClass::Number,
            RefusalClass::OptedOut,
            RefusalClass::Registration,
        ] {
            assert_eq!(refused(class, None), CircuitMove::Close, "{class:?}");
        }
    }

    #[test]
    fn an_account_that_was_asked_too_much_is_paused_for_as_long_as_the_carrier_asks() {
        let class = RefusalClass::SlowDown(Limit::Account);
        let asked = Some(TimeDelta::seconds(20));
        assert_eq!(refused(class, asked), CircuitMove::Pause(asked));
        assert_eq!(refused(class, None), CircuitMove::Pause(None));
    }

    #[test]
    fn an_answer_that_says_nothing_about_the_account_moves_nothing() {
        let detail = "a time-out".to_owned();
        let unknown = CircuitMove::after(&ProviderAnswer::Unknown { detail });
        assert_eq!(unknown, CircuitMove::Stay);
        for class in [
            RefusalClass::SlowDown(Limit::Number),
            RefusalClass::SlowDown(Limit::Campaign),
            RefusalClass::SlowDown(Limit::BrandDay),
            RefusalClass::Transient,
        ] {
            assert_eq!(refused(class, None), CircuitMove::Stay, "{class:?}");
        }
    }
}
