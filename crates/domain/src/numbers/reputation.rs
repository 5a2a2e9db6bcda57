//! Events that harm a number's reputation, and the facts from which its health is derived. Must not
//! know how health follows from them.

use chrono::{DateTime, Utc};

use super::health::{HealthReport, ReceiptCounts};
use super::warm_up::is_under_way;
use crate::carrier::SpamBlock;
use crate::facts::WarmUp;
use crate::facts::{CapacityWindows, DEFAULT_CAPACITY_ZONE};
use crate::values::Health;
use crate::values::ids::{OrganizationId, PhoneNumberId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// An event that harms a number's reputation.
    ReputationEvent {
        /// A message was not delivered.
        Undelivered = "undelivered",
        /// The provider refused to send from the number.
        Refused = "refused",
        /// A spam filter stopped a message.
        SpamBlock = "spam_block",
        /// A carrier blocked the number permanently.
        SpamBlockForGood = "spam_block_for_good",
        /// A recipient opted out.
        OptOut = "opt_out",
    }
}

impl From<SpamBlock> for ReputationEvent {
    fn from(block: SpamBlock) -> Self {
        match block {
            SpamBlock::Temporary => Self::SpamBlock,
            SpamBlock::Permanent => Self::SpamBlockForGood,
        }
    }
}

/// A reputation event of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReputationReport {
    pub organization_id: OrganizationId,
    pub number_id: PhoneNumberId,
    /// The kind of event.
    pub event: ReputationEvent,
    /// When the event happened.
    pub at: DateTime<Utc>,
    /// Identifier of the occurrence: equal identifiers and kinds mean the same event.
    pub reference: String,
}

/// The facts from which a number's health is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberHealth {
    pub organization_id: OrganizationId,
    pub number_id: PhoneNumberId,
    /// The current health.
    pub health: Health,
    /// When the health last changed.
    pub since: DateTime<Utc>,
    /// The end of the number's rest, if it is resting.
    pub cooling_until: Option<DateTime<Utc>>,
    /// The warm-up, if the number is under one.
    pub warm_up: Option<WarmUp>,
    /// The receipts since the last change, at most of the last 24 hours.
    pub receipts: ReceiptCounts,
}

impl NumberHealth {
    /// The report from which a change of health follows.
    #[must_use]
    pub fn report(&self, now: DateTime<Utc>) -> HealthReport {
        let today = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now).day;
        HealthReport {
            health: self.health,
            since: self.since,
            cooling_until: self.cooling_until,
            is_warming_up: self
                .warm_up
                .is_some_and(|warm_up| is_under_way(warm_up, today)),
            receipts: self.receipts,
        }
    }
}
