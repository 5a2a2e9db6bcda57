//! The facts that the handling of a received text rests on.

use chrono::{DateTime, Utc};
use sms_keywords::Understood;

use super::readings::understand_message;
use crate::carrier::InboundSms;
use crate::content::Text;
use crate::facts::{OrganizationKind, RecentSend, SuppressionScope};
use crate::lifecycle::{Closing, ProviderProfile, SuppressionSource};
use crate::values::ProviderAccount;
use crate::values::ids::{
    CampaignId, ConversationId, LeadId, OrganizationId, PhoneNumberId, SourceId, SuppressionId,
    UserId,
};
use crate::values::phone::PhoneNumber;

/// What is known about the number that a person texted, and about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundFacts {
    /// The tenant whose number it is.
    pub organization_id: OrganizationId,
    /// Live or sandbox.
    pub organization_kind: OrganizationKind,
    /// The name it signs with.
    pub organization_name: String,
    /// The number.
    pub number: TextedNumber,
    /// The lead with the person's number, if there is one.
    pub lead_id: Option<LeadId>,
    /// The thread with that lead, if there is one.
    pub conversation_id: Option<ConversationId>,
    /// The person's active entries of the opt-out list.
    pub suppressions: Vec<ActiveSuppression>,
    /// When the person last opted in again, in whatever way that concerns the texted number
    /// ([`crate::lifecycle::OptIn::concerns`]).
    pub opted_in_at: Option<DateTime<Utc>>,
    /// What was sent to the person in the last 24 hours at least.
    pub recent: Vec<RecentSend>,
    /// What those messages say, newest first, up to [`InboundFacts::MOST_SENT`] of them; those whose
    /// text is erased are left out. People and their phones quote it.
    pub sent: Vec<Text>,
}

/// One of our numbers, as far as received texts concern it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextedNumber {
    /// Names it.
    pub id: PhoneNumberId,
    /// The number.
    pub phone: PhoneNumber,
    /// Which of the provider's accounts owns it.
    pub account: ProviderAccount,
    /// The provider's profile it sends under.
    pub messaging_profile_id: Option<String>,
    /// The carriers' id of its 10DLC campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// What it is routed to.
    pub campaign_id: Option<CampaignId>,
    /// What it is routed to.
    pub source_id: Option<SourceId>,
    /// The member of staff it belongs to.
    pub owner_id: Option<UserId>,
}

/// An active entry of the opt-out list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveSuppression {
    /// Names it.
    pub id: SuppressionId,
    /// What it closes.
    pub scope: SuppressionScope,
    /// Who brought it.
    pub source: SuppressionSource,
    /// Where the provider enforces it; `None` where that is not recorded or the entry does not come
    /// from the provider.
    pub profile: Option<ProviderProfile>,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Since when.
    pub at: DateTime<Utc>,
    /// When it was last said again; `at` if it never was.
    pub renewed_at: DateTime<Utc>,
}

impl ActiveSuppression {
    /// What the entry says.
    #[must_use]
    pub const fn closing(&self) -> Closing<'_> {
        Closing {
            source: self.source,
            scope: self.scope,
            profile: self.profile.as_ref(),
            at: self.renewed_at,
        }
    }

    /// Whether the entry already records a block that the provider set on `profile` at `at`, for all that `scope`
    /// closes. Entries from other sources record no block: they may end before it.
    #[must_use]
    pub fn records_block(
        &self,
        profile: &ProviderProfile,
        scope: SuppressionScope,
        at: DateTime<Utc>,
    ) -> bool {
        let covers = self.scope == SuppressionScope::Organization || self.scope == scope;
        self.source == SuppressionSource::Provider
            && covers
            && self.profile.as_ref() == Some(profile)
            && self.renewed_at >= at
    }
}

impl InboundFacts {
    /// Most of our texts that a reply is compared with.
    pub const MOST_SENT: usize = 10;

    /// What the message asks for in the person's own words, and who speaks in it.
    #[must_use]
    pub fn understand(&self, sms: &InboundSms) -> Understood {
        understand_message(sms, &self.sent)
    }

    /// Whether nothing that follows from the text reaches beyond the texted number.
    #[must_use]
    pub fn is_set_apart(&self) -> bool {
        self.organization_kind.sets_apart(&self.number.account)
    }

    /// What an opt-out by a text to the number closes.
    pub(super) fn closes(&self) -> SuppressionScope {
        SuppressionScope::closed_from(self.number.id, self.is_set_apart())
    }

    /// Whether nothing may be sent to the person from the texted number.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed_by().next().is_some()
    }

    /// The active entries that close the texted number.
    pub(super) fn closed_by(&self) -> impl Iterator<Item = &ActiveSuppression> {
        let own = SuppressionScope::Number(self.number.id);
        self.suppressions
            .iter()
            .filter(move |entry| match entry.scope {
                SuppressionScope::Organization => true,
                SuppressionScope::Number(_) => entry.scope == own,
                SuppressionScope::Campaign(_) => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(12)
    }

    fn number(id: u128) -> SuppressionScope {
        SuppressionScope::Number(PhoneNumberId::new(Uuid::from_u128(id)))
    }

    fn profile(id: Option<&str>) -> ProviderProfile {
        ProviderProfile {
            account: ProviderAccount::new("default"),
            id: id.map(str::to_owned),
        }
    }

    fn entry() -> ActiveSuppression {
        ActiveSuppression {
            id: SuppressionId::new(Uuid::nil()),
            scope: number(1),
            source: SuppressionSource::Provider,
            profile: Some(profile(Some("p-1"))),
            reason: None,
            at: noon() - TimeDelta::hours(1),
            renewed_at: noon(),
        }
    }

    fn records(entry: &ActiveSuppression) -> bool {
        entry.records_block(&profile(Some("p-1")), number(1), noon())
    }

    #[test]
    fn a_block_is_recorded_by_an_entry_that_the_provider_renewed_since() {
        assert!(records(&entry()));
        let earlier = ActiveSuppression {
            renewed_at: noon() - TimeDelta::microseconds(1),
            ..entry()
        };
        assert!(!records(&earlier));
    }

    #[test]
    fn only_the_providers_own_entry_for_the_profile_records_a_block() {
        for (source, profile) in [
            (SuppressionSource::Inbound, entry().profile),
            (SuppressionSource::Operator, entry().profile),
            (SuppressionSource::Provider, Some(profile(Some("p-2")))),
            (SuppressionSource::Provider, Some(profile(None))),
            (SuppressionSource::Provider, None),
        ] {
            let other = ActiveSuppression {
                source,
                profile,
                ..entry()
            };
            assert!(!records(&other), "{other:?}");
        }
    }

    #[test]
    fn an_entry_records_a_block_of_its_own_scope_or_of_all() {
        for (scope, is_recorded) in [
            (SuppressionScope::Organization, true),
            (number(1), true),
            (number(2), false),
        ] {
            let other = ActiveSuppression { scope, ..entry() };
            assert_eq!(records(&other), is_recorded, "{scope:?}");
        }
    }
}
