//! Facts about an organization. Must not know any message of it.

use super::campaign::CampaignFacts;
use super::number::NumberFacts;
use super::policy::Policy;
use crate::values::ProviderAccount;
use crate::values::billing::Rate;
use crate::values::ids::{OrganizationId, PhoneNumberId, SourceId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// Whether an organization's messages reach people.
    OrganizationKind {
        /// Messages reach people.
        Live = "live",
        /// Messages go only to the simulator.
        Sandbox = "sandbox",
    }
}

impl OrganizationKind {
    /// Whether traffic on numbers of this account is set apart. A live organization uses simulated
    /// numbers for tests, which must not affect what real people receive. A sandbox has only
    /// simulated numbers, and they behave as real numbers do.
    #[must_use]
    pub fn sets_apart(self, account: &ProviderAccount) -> bool {
        match self {
            Self::Live => account.is_simulated(),
            Self::Sandbox => false,
        }
    }
}

/// Facts about an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgFacts {
    pub organization_id: OrganizationId,
    /// Whether the organization is live or a sandbox.
    pub kind: OrganizationKind,
    /// The name with which messages identify the sender.
    pub name: String,
    /// The organization's policy.
    pub policy: Policy,
    /// The version of the policy, which grows with every change.
    pub policy_version: i64,
    /// The organization's numbers, in the order of their ids.
    pub numbers: Vec<NumberFacts>,
    /// The default number, used where no other strategy finds one.
    pub default_number: Option<PhoneNumberId>,
    /// The preferred numbers, best first.
    pub preferred_numbers: Vec<PhoneNumberId>,
    /// The organization's 10DLC campaigns, in the order of their ids.
    pub campaigns: Vec<CampaignFacts>,
    /// The accounts at the provider that have a rate limit.
    pub paced_accounts: Vec<ProviderAccount>,
    /// The sources of the organization's leads.
    pub sources: Vec<SourceId>,
    /// The price per segment.
    pub rate: Rate,
}

impl OrgFacts {
    /// The campaign to whose limits a number's messages count; `None` for a number that is set
    /// apart, because its messages do not reach a carrier.
    #[must_use]
    pub fn campaign_of(&self, number: &NumberFacts) -> Option<&CampaignFacts> {
        if self.kind.sets_apart(&number.account) {
            return None;
        }
        CampaignFacts::of_number(&self.campaigns, number)
    }
}
