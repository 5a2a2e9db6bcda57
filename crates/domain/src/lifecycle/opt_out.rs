//! Changes of the opt-out list: an entry added, entries released, a doubtful text settled.

use chrono::{DateTime, Utc};

use crate::facts::SuppressionScope;
use crate::values::ids::{ConversationId, OrganizationId, SuppressionId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

wire_enum! {
    /// Who says that a person must not be texted.
    SuppressionSource {
        /// The person, in a text to us.
        Inbound = "inbound",
        /// The provider: it blocks messages to the person.
        Provider = "provider",
        /// The business, by the API or by an operator's command.
        Operator = "operator",
        /// A list that was imported.
        Import = "import",
    }
}

impl SuppressionSource {
    /// Whether it goes back to the person's own STOP, which the person's START undoes.
    #[must_use]
    pub const fn is_persons_own(self) -> bool {
        match self {
            Self::Inbound | Self::Provider => true,
            Self::Operator | Self::Import => false,
        }
    }
}

/// A person opts out, for every channel.
#[must_use = "an opt-out has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutChange {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names the new entry of the list.
    pub suppression_id: SuppressionId,
    /// Who opted out.
    pub phone: PhoneNumber,
    /// What it closes.
    pub scope: SuppressionScope,
    /// Who says so.
    pub source: SuppressionSource,
    /// Why, as a code. Never the person's own words.
    pub reason: String,
    /// When the person, or whoever speaks for the person, said so.
    pub at: DateTime<Utc>,
}

/// Entries of the opt-out list that no longer hold. They stay on record.
#[must_use = "a release has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseChange {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose entries.
    pub phone: PhoneNumber,
    /// Which of them.
    pub suppressions: Vec<SuppressionId>,
    /// When the person, or whoever speaks for the person, said so.
    pub at: DateTime<Utc>,
}

/// Somebody has read the text that might be an opt-out.
#[must_use = "a review has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewChange {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The thread with the text.
    pub conversation_id: ConversationId,
    /// The opt-out that it is; `None` = it is none.
    pub opt_out: Option<OptOutChange>,
}
