//! What the rules say of a message, as its transitions take it. Must not know any rule.

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
    /// It may leave now, like this.
    Send(Box<SendPlan>),
    /// Not before a later instant.
    Defer(Schedule),
    /// Refused.
    Block(Block),
    /// No number can send it, for a reason that waiting does not mend.
    NoNumber(Reason),
}

/// How a message leaves, and what must be set aside for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendPlan {
    /// The number and the way.
    pub route: Route,
    /// The quote.
    pub price: Money,
    /// What to set aside: the price, or nothing for traffic that is not billed.
    pub hold: Money,
    /// `Recorded`, or `NonBillableInternal`.
    pub billing: BillingStatus,
    /// The capacity to take.
    pub reservation: Reservation,
    /// Counts towards the recipient's frequency caps.
    pub counts_for_caps: bool,
    /// The text to send where policy changes it (an appended identity); its segments are in
    /// `segments`.
    pub text: Option<Text>,
    /// Segments of what is sent.
    pub segments: u32,
    /// When it is due: now.
    pub due_at: DateTime<Utc>,
}

/// A refusal that waiting does not lift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Which of the blocked statuses it means.
    pub kind: BlockKind,
    /// Why.
    pub reason: Reason,
}

/// The statuses that a refusal leads to, weakest first: of several refusals the strongest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockKind {
    /// The wallet does not cover it.
    Billing,
    /// A compliance rule.
    Compliance,
    /// Registration.
    MissingCampaign,
    /// The recipient said STOP.
    OptedOut,
}

impl BlockKind {
    /// The status on the row.
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
    /// What came out and why, by the names that records use.
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
