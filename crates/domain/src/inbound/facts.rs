//! The facts for the handling of a received text.

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

/// Facts about the number that a person texted, and about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundFacts {
    /// The organization that owns the number.
    pub organization_id: OrganizationId,
    /// Whether the organization is live or a sandbox.
    pub organization_kind: OrganizationKind,
    /// The name with which messages identify the sender.
    pub organization_name: String,
    /// The number in E.164.
    pub number: TextedNumber,
    /// The lead with the person's phone number, if there is one.
    pub lead_id: Option<LeadId>,
    /// The conversation with that lead, if there is one.
    pub conversation_id: Option<ConversationId>,
    /// The person's active entries of the opt-out list.
    pub suppressions: Vec<ActiveSuppression>,
    /// When the person last opted in again in a way that affects the texted number
    /// ([`crate::lifecycle::OptIn::concerns`]).
    pub opted_in_at: Option<DateTime<Utc>>,
    /// Messages to the person of at least the last 24 hours.
    pub recent: Vec<RecentSend>,
    /// The texts of those messages, newest first, up to [`InboundFacts::MOST_SENT`], without erased
    /// texts. People and their phones quote them.
    pub sent: Vec<Text>,
}

/// One of our numbers, with the facts that matter for received texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextedNumber {
    pub id: PhoneNumberId,
    /// The number in E.164.
    pub phone: PhoneNumber,
    /// The account at the provider that owns the number.
    pub account: ProviderAccount,
    /// The messaging profile at the provider.
    pub messaging_profile_id: Option<String>,
    /// The carriers' id of the number's 10DLC campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// What it is routed to.
    pub campaign_id: Option<CampaignId>,
    /// What it is routed to.
    pub source_id: Option<SourceId>,
    /// The member of staff to whom the number belongs.
    pub owner_id: Option<UserId>,
}

/// An active entry of the opt-out list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveSuppression {
    pub id: SuppressionId,
    /// The scope of the entry.
    pub scope: SuppressionScope,
    /// The source of the entry.
    pub source: SuppressionSource,
    /// The profile for which the provider enforces the entry; `None` if unrecorded or if the entry
    /// has another source.
    pub profile: Option<ProviderProfile>,
    /// The reason, as a code.
    pub reason: Option<String>,
    /// When the entry was created.
    pub at: DateTime<Utc>,
    /// When the opt-out was last repeated; `at` if it never was.
    pub renewed_at: DateTime<Utc>,
}

impl ActiveSuppression {
    /// The statement of the entry.
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
    /// The most of our texts with which a reply is compared.
    pub const MOST_SENT: usize = 10;

    /// The keyword of the text, and whether the person or a machine wrote it.
    #[must_use]
    pub fn understand(&self, sms: &InboundSms) -> Understood {
        understand_message(sms, &self.sent)
    }

    /// Whether the effects of the text are limited to the texted number.
    #[must_use]
    pub fn is_set_apart(&self) -> bool {
        self.organization_kind.sets_apart(&self.number.account)
    }

    /// The scope of an opt-out by a text to the number.
    pub(super) fn closes(&self) -> SuppressionScope {
        SuppressionScope::closed_from(self.number.id, self.is_set_apart())
    }

    /// Whether the person has opted out of the texted number.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed_by().next().is_some()
    }

    /// The active entries that cover the texted number.
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
