//! Changes of the opt-out list: an entry added, entries released, a doubtful text settled.

use chrono::{DateTime, Utc};

use crate::facts::SuppressionScope;
use crate::values::ProviderAccount;
use crate::values::ids::{ConversationId, OrganizationId, PhoneNumberId, SuppressionId};
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

/// One of the provider's profiles: an opt-out that the provider enforces lies on one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderProfile {
    /// The account that has it.
    pub account: ProviderAccount,
    /// Its name there; `None` where we do not know it.
    pub id: Option<String>,
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
    /// Where the provider enforces it; `None` where it does not come from the provider.
    pub profile: Option<ProviderProfile>,
    /// Why, as a code. Never the person's own words.
    pub reason: String,
    /// When the person, or whoever speaks for the person, said so.
    pub at: DateTime<Utc>,
}

/// Whoever speaks for a person says that entries of the opt-out list no longer hold. They stay on
/// record.
#[must_use = "a release has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseChange {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose entries.
    pub phone: PhoneNumber,
    /// One of them; `None` = all.
    pub only: Option<SuppressionId>,
    /// When it was said.
    pub at: DateTime<Utc>,
}

/// A person opts in again.
#[must_use = "an opt-in has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Who opted in.
    pub phone: PhoneNumber,
    /// How it was said.
    pub reach: OptInReach,
    /// When it was said.
    pub at: DateTime<Utc>,
}

/// How a person opted in, which says what of the provider's entries it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptInReach {
    /// By a text to one of our numbers, which came in under one of the provider's profiles.
    Texted {
        /// The number.
        number_id: PhoneNumberId,
        /// The profile.
        profile: ProviderProfile,
    },
    /// By a text to a number whose traffic is set apart, for that number alone.
    OnlyNumber(PhoneNumberId),
    /// By another way, for everything.
    Everything,
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
