//! The facts that a decision uses, as data: the organization with its numbers and campaigns, the
//! lead, the conversation, the recipient's number and the wallet. This module must not know any
//! rule, any message, or where facts come from.

mod campaign;
mod capacity;
mod consent;
mod context;
mod emergencies;
mod lead;
mod lead_details;
mod number;
mod organization;
mod pauses;
mod policy;
mod recipient;
mod scrubs;
mod source;

pub use campaign::CampaignFacts;
pub use capacity::{CapacityWindows, DEFAULT_CAPACITY_ZONE, Usage, WindowUsage};
pub use consent::{ConsentProof, ConsentRecord, Revocation, RevocationChannel};
pub use context::{Context, ConversationFacts, MessageFacts, WalletFacts};
pub use emergencies::{Emergencies, Emergency};
pub use lead::{Consent, ConsentBasis, Lead};
pub use lead_details::{Attribution, LeadDetails};
pub use number::{NumberFacts, Registration, WarmUp};
pub use organization::{OrgFacts, OrganizationKind};
pub use pauses::Pauses;
pub use policy::{ContentPolicy, IdentityPolicy, Policy};
pub use recipient::{RecentSend, RecipientFacts, Suppression, SuppressionScope};
pub use scrubs::{NationalDnc, Reassigned, ReassignedAnswer, ScrubFacts};
pub use source::Source;
