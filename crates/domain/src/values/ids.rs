//! Identifiers: one type per kind of entity, so that the compiler tells them apart. The
//! `IdGenerator` port creates new values; this module must not.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected a UUID")]
pub struct InvalidId;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID from a store or a generator.
            #[must_use]
            pub const fn new(value: Uuid) -> Self {
                Self(value)
            }

            /// The UUID, for storage.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }
    )+};
}

id! {
    /// An organization: the tenant that texts its leads.
    OrganizationId,
    /// One message; on the wire the `smsEventId`.
    MessageId,
    /// The conversation between an organization and one lead.
    ConversationId,
    /// A lead: a person whom the organization texts.
    LeadId,
    /// A phone number that an organization sends from.
    PhoneNumberId,
    /// A 10DLC campaign of an organization.
    CampaignId,
    /// A source of leads.
    SourceId,
    /// A member of an organization's staff, who may own leads and numbers.
    UserId,
    /// A lead that was brought by a source, each time it was.
    IntakeId,
    /// An API key.
    ApiKeyId,
    /// A record of consent.
    ConsentId,
    /// A declared emergency.
    EmergencyId,
    /// An entry of the opt-out list.
    SuppressionId,
    /// An entry of the money ledger.
    LedgerEntryId,
    /// An address of an organization that is told of events.
    WebhookEndpointId,
    /// An event that endpoints are told of.
    WebhookEventId,
    /// A file of an organization: an upload, or one that a lead sent.
    MediaId,
}

/// Accepts only the hyphenated form, which is the one we write. Braces, URNs and bare digits spell
/// the same value, and a client would treat two spellings of one id as two keys.
fn parse(text: &str) -> Result<Uuid, InvalidId> {
    const HYPHENATED: usize = 36;
    let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
    if text.len() == HYPHENATED {
        Ok(id)
    } else {
        Err(InvalidId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let id = "01990000-0000-7000-8000-000000000001";
        assert_eq!(
            id.parse::<MessageId>().map(|id| id.to_string()),
            Ok(id.to_owned())
        );
        let bare = id.replace('-', "");
        for other in [
            &format!("{{{id}}}"),
            &format!("urn:uuid:{id}"),
            &bare,
            "",
            "1",
        ] {
            assert_eq!(other.parse::<MessageId>(), Err(InvalidId), "{other}");
        }
    }
}
