//! What is known about an organization. Must not know any message of it.

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
        /// They do.
        Live = "live",
        /// They go to the simulator only.
        Sandbox = "sandbox",
    }
}

impl OrganizationKind {
    /// Whether what happens on a number of this account is set apart: a live organization tries
    /// things out on a simulated number, and nothing of that may change what real people get. A
    /// sandbox has nothing else than simulated numbers, which do what real ones do.
    #[must_use]
    pub fn sets_apart(self, account: &ProviderAccount) -> bool {
        match self {
            Self::Live => account.is_simulated(),
            Self::Sandbox => false,
        }
    }
}

/// Facts about the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgFacts {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Live or sandbox.
    pub kind: OrganizationKind,
    /// The name it signs with.
    pub name: String,
    /// Its choices.
    pub policy: Policy,
    /// Grows with every change of the policy.
    pub policy_version: i64,
    /// Its numbers, by id.
    pub numbers: Vec<NumberFacts>,
    /// Where it falls back to.
    pub default_number: Option<PhoneNumberId>,
    /// What it prefers, best first.
    pub preferred_numbers: Vec<PhoneNumberId>,
    /// Its 10DLC campaigns, by id.
    pub campaigns: Vec<CampaignFacts>,
    /// The provider's accounts that take messages at a limited rate.
    pub paced_accounts: Vec<ProviderAccount>,
    /// The sources of its leads.
    pub sources: Vec<SourceId>,
    /// What it pays per segment.
    pub rate: Rate,
}

impl OrgFacts {
    /// The campaign towards whose limits a number's messages count: none for a number that is set
    /// apart, whose messages no carrier sees.
    #[must_use]
    pub fn campaign_of(&self, number: &NumberFacts) -> Option<&CampaignFacts> {
        if self.kind.sets_apart(&number.account) {
            return None;
        }
        CampaignFacts::of_number(&self.campaigns, number)
    }
}
