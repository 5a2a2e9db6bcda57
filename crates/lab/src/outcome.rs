//! The outcomes of decisions, by the names that people know from messages.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sms_domain::message::{BlockKind, Decision};
use sms_domain::values::reason::Reason;

/// The outcome of a decision, the weakest refusal first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The message leaves.
    Allowed,
    /// It waits.
    Deferred,
    /// No number can send it.
    NoEligiblePhoneNumber,
    /// The balance does not cover the price.
    BlockedBilling,
    /// A compliance rule refuses it.
    BlockedCompliance,
    /// The registration of the numbers is not approved.
    BlockedMissingCampaign,
    /// The recipient has opted out.
    OptedOut,
}

/// No outcome has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no outcome")]
pub struct UnknownOutcome(pub String);

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Allowed,
        Self::Deferred,
        Self::NoEligiblePhoneNumber,
        Self::BlockedBilling,
        Self::BlockedCompliance,
        Self::BlockedMissingCampaign,
        Self::OptedOut,
    ];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Deferred => "deferred",
            Self::NoEligiblePhoneNumber => "no_eligible_phone_number",
            Self::BlockedBilling => "blocked_billing",
            Self::BlockedCompliance => "blocked_compliance",
            Self::BlockedMissingCampaign => "blocked_missing_campaign",
            Self::OptedOut => "opted_out",
        }
    }

    /// The outcome of a decision.
    #[must_use]
    pub const fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Send(_) => Self::Allowed,
            Decision::Defer(_) => Self::Deferred,
            Decision::NoNumber(_) => Self::NoEligiblePhoneNumber,
            Decision::Block(block) => Self::of_block(block.kind),
        }
    }

    const fn of_block(kind: BlockKind) -> Self {
        match kind {
            BlockKind::Billing => Self::BlockedBilling,
            BlockKind::Compliance => Self::BlockedCompliance,
            BlockKind::MissingCampaign => Self::BlockedMissingCampaign,
            BlockKind::OptedOut => Self::OptedOut,
        }
    }

    /// The outcome of a record, which names the kind of a refusal by its reason alone; `None` for a word that no
    /// record has.
    #[must_use]
    pub fn of_record(outcome: &str, reason: Option<Reason>) -> Option<Self> {
        match outcome {
            "send" => Some(Self::Allowed),
            "defer" => Some(Self::Deferred),
            "no_number" => Some(Self::NoEligiblePhoneNumber),
            "block" => Some(match reason {
                Some(Reason::ContactOptedOut) => Self::OptedOut,
                Some(Reason::TenDlcNotApproved) => Self::BlockedMissingCampaign,
                Some(Reason::WalletInsufficient) => Self::BlockedBilling,
                Some(_) | None => Self::BlockedCompliance,
            }),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(text: &str) -> Result<Self, UnknownOutcome> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str() == text)
            .ok_or_else(|| UnknownOutcome(text.to_owned()))
    }
}
