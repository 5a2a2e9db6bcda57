//! Changes of the opt-out list: an entry is added, entries are released, a review is settled.

use chrono::{DateTime, Utc};

use crate::facts::SuppressionScope;
use crate::values::ids::{ConversationId, OrganizationId, PhoneNumberId, SuppressionId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;
use crate::values::{Actor, ProviderAccount};

wire_enum! {
    /// The source of an opt-out.
    SuppressionSource {
        /// The person, by a text to us.
        Inbound = "inbound",
        /// The provider, which blocks messages to the person.
        Provider = "provider",
        /// The business, by the API or by an operator's command.
        Operator = "operator",
        /// An imported list.
        Import = "import",
    }
}

/// A messaging profile at the provider, for which the provider enforces opt-outs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderProfile {
    /// The account that owns the profile.
    pub account: ProviderAccount,
    /// The provider's id of the profile; `None` if unknown.
    pub id: Option<String>,
}

/// An opt-out of a person, for all channels.
#[must_use = "an opt-out has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutChange {
    pub organization_id: OrganizationId,
    /// Identifier of the new entry.
    pub suppression_id: SuppressionId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// The scope of the opt-out.
    pub scope: SuppressionScope,
    /// The source of the opt-out.
    pub source: SuppressionSource,
    /// The profile for which the provider enforces the opt-out; `None` if it has another source.
    pub profile: Option<ProviderProfile>,
    /// The reason as a code, never the person's own words.
    pub reason: String,
    /// When the person, or someone on the person's behalf, opted out.
    pub at: DateTime<Utc>,
    /// The business's own name of the person.
    pub recipient: Option<String>,
    /// Who put it on the list; `None` = the person's own word or the provider's, without anybody.
    pub by: Option<Actor>,
}

/// A release of entries of the opt-out list on the person's behalf. The entries stay on record.
#[must_use = "a release has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseChange {
    pub organization_id: OrganizationId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// The entry to release; `None` = all.
    pub only: Option<SuppressionId>,
    /// The instant of the request.
    pub at: DateTime<Utc>,
    /// Who releases them.
    pub by: Actor,
    /// Why, for people.
    pub reason: Option<String>,
}

/// An opt-in of a person.
#[must_use = "an opt-in has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn {
    pub organization_id: OrganizationId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// How the person opted in.
    pub reach: OptInReach,
    /// The instant of the request.
    pub at: DateTime<Utc>,
}

/// How a person opted in, which determines which of the provider's entries it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptInReach {
    /// By a text to one of our numbers, received under a profile of the provider.
    Texted {
        number_id: PhoneNumberId,
        profile: ProviderProfile,
    },
    /// By a text to a number whose traffic is set apart, which opts in for that number only.
    OnlyNumber(PhoneNumberId),
    /// By other means, for all entries.
    Everything,
}

/// The result of a review of a possible opt-out.
#[must_use = "a review has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewChange {
    pub organization_id: OrganizationId,
    /// The conversation with the text.
    pub conversation_id: ConversationId,
    /// The opt-out, if the text is one.
    pub opt_out: Option<OptOutChange>,
    pub at: DateTime<Utc>,
    /// Who reviewed it.
    pub by: Actor,
}
