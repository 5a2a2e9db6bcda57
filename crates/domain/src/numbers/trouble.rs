//! What happens to a number's messages that is bad for its reputation.

use chrono::{DateTime, Utc};

use crate::ids::{OrganizationId, PhoneNumberId};
use crate::ports::SpamBlock;
use crate::wire::wire_enum;

wire_enum! {
    /// One kind of trouble.
    Trouble {
        /// A spam filter stopped a message.
        SpamBlock = "spam_block",
        /// A carrier blocked the number for good.
        SpamBlockForGood = "spam_block_for_good",
        /// The provider refused to send from the number.
        Refused = "refused",
        /// A recipient opted out.
        OptOut = "opt_out",
    }
}

impl From<SpamBlock> for Trouble {
    fn from(block: SpamBlock) -> Self {
        match block {
            SpamBlock::Temporary => Self::SpamBlock,
            SpamBlock::Permanent => Self::SpamBlockForGood,
        }
    }
}

/// One piece of trouble with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubleReport {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The number.
    pub number_id: PhoneNumberId,
    /// What happened.
    pub trouble: Trouble,
    /// When.
    pub at: DateTime<Utc>,
    /// Names the occurrence: the same name and kind are the same trouble.
    pub reference: String,
}
