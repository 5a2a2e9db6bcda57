//! What happens to a number's messages that is bad for its reputation, and what is known of the
//! number to judge it. Must not know how health follows from it.

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
    /// What harms a number's reputation.
    ReputationEvent {
        /// A message was not delivered.
        Undelivered = "undelivered",
        /// The provider refused to send from the number.
        Refused = "refused",
        /// A spam filter stopped a message.
        SpamBlock = "spam_block",
        /// A carrier blocked the number for good.
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
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The number.
    pub number_id: PhoneNumberId,
    /// What happened.
    pub event: ReputationEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// Names the occurrence: the same name and kind are the same event.
    pub reference: String,
}

/// What is known about a number's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberHealth {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The number.
    pub number_id: PhoneNumberId,
    /// Its health now.
    pub health: Health,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It rests until then.
    pub cooling_until: Option<DateTime<Utc>>,
    /// Its warm-up.
    pub warm_up: Option<WarmUp>,
    /// What happened since, in the last 24 hours at most.
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
