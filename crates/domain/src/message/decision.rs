//! The outcome of the rules for a message, in the form that transitions use. Must not know any
//! rule.

use chrono::{DateTime, Utc};

use super::message::Route;
use super::status::Status;
use super::timeline::Schedule;
use crate::content::Text;
use crate::values::Reservation;
use crate::values::billing::{BillingStatus, Money};
use crate::values::reason::Reason;

/// The outcome for one message at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The message may be sent now, according to the plan.
    Send(Box<SendPlan>),
    /// The message must wait for a later instant.
    Defer(Schedule),
    /// A rule refuses the message.
    Block(Block),
    /// No number can send the message, for a reason that does not pass with time.
    NoNumber(Reason),
}

/// How a message is sent, and what is reserved for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendPlan {
    /// The sending number, its account and its profile.
    pub route: Route,
    /// The quoted price.
    pub price: Money,
    /// The amount to hold: the price, or zero for traffic that is not billed.
    pub hold: Money,
    /// The billing status: `Recorded`, or `NonBillableInternal`.
    pub billing: BillingStatus,
    /// The capacity to reserve.
    pub reservation: Reservation,
    /// Whether the message counts towards the recipient's frequency caps.
    pub counts_for_caps: bool,
    /// The text to send where policy changes it, such as by adding the sender's name.
    pub text: Option<Text>,
    /// The number of segments of the text to send.
    pub segments: u32,
    /// When the message is due: now.
    pub due_at: DateTime<Utc>,
}

/// A refusal that does not pass with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The kind of the refusal, which determines the status.
    pub kind: BlockKind,
    pub reason: Reason,
}

/// The kinds of refusals, weakest first; of several refusals the strongest determines the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockKind {
    /// The wallet balance does not cover the price.
    Billing,
    /// A compliance rule refuses the message.
    Compliance,
    /// The registration of the numbers is not approved.
    MissingCampaign,
    /// The recipient has opted out.
    OptedOut,
}

impl BlockKind {
    /// The status of the message.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Billing => Status::BlockedBilling,
            Self::Compliance => Status::BlockedCompliance,
            Self::MissingCampaign => Status::BlockedMissingCampaign,
            Self::OptedOut => Status::OptedOut,
        }
    }
}

impl Decision {
    /// The outcome and its reason, by the names used in records.
    #[must_use]
    pub const fn outcome(&self) -> (&'static str, Option<Reason>) {
        match self {
            Self::Send(_) => ("send", None),
            Self::Defer(schedule) => ("defer", Some(schedule.reason)),
            Self::Block(block) => ("block", Some(block.reason)),
            Self::NoNumber(reason) => ("no_number", Some(*reason)),
        }
    }
}
