//! What a received text writes: one closed struct, all of it or none of it.

use chrono::{DateTime, Utc};

use crate::carrier::ProviderEvent;
use crate::content::Attachments;
use crate::facts::Consent;
use crate::lifecycle::{ActiveNumber, HistoryEntry, OptIn, OptOutChange};
use crate::message::Message;
use crate::values::ids::{CampaignId, LeadId, SourceId, UserId};
use crate::values::phone::PhoneNumber;

/// A received text and everything that goes with it.
#[must_use = "a change has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundChange {
    /// The text as a received message, never stored before.
    pub message: Message,
    /// What came with the text.
    pub attachments: Attachments,
    /// The provider's event that brought it, matched to the message.
    pub event: ProviderEvent,
    /// The person, where the organization did not know them.
    pub new_lead: Option<NewLead>,
    /// The message's thread does not exist yet.
    pub is_new_conversation: bool,
    /// When the person answered, for the thread: a later one wins. `None` where somebody else speaks
    /// in the text: a machine, or we who are quoted.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// The number that the person answered: the thread runs on it, unless a later one does. `None`
    /// where the text is no answer of theirs.
    pub active_number: Option<ActiveNumber>,
    /// Whether somebody must read the text before anything else is sent to the person.
    pub review: ReviewFlag,
    /// The opt-out that the text is.
    pub opt_out: Option<OptOutChange>,
    /// The opt-in that the text is.
    pub opt_in: Option<OptIn>,
    /// What happened, for the message's audit.
    pub history: Vec<HistoryEntry>,
}

/// A person who texts a business that does not know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLead {
    /// Names the lead.
    pub id: LeadId,
    /// Where the text came from.
    pub phone: PhoneNumber,
    /// The inquiry that the text is; `None` where it is none.
    pub consent: Option<Consent>,
    /// What the texted number is routed to.
    pub campaign_id: Option<CampaignId>,
    /// What the texted number is routed to.
    pub source_id: Option<SourceId>,
    /// Whose number was texted.
    pub owner_id: Option<UserId>,
}

/// What becomes of the mark that a person's text may be an opt-out, on every thread with the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewFlag {
    /// It stays: an ordinary text does not make an earlier one clear.
    Keep,
    /// It is set.
    Set,
    /// It is taken away: the person made it clear.
    Clear,
}

impl InboundChange {
    /// Whether what was decided about sending to this person before no longer holds, so that the
    /// recipient's version must advance.
    #[must_use]
    pub fn closes_recipient(&self) -> bool {
        self.opt_out.is_some() || self.review == ReviewFlag::Set
    }
}
