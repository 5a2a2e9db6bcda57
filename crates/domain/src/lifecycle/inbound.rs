//! The change caused by a received text, written atomically.

use chrono::{DateTime, Utc};

use crate::carrier::ProviderEvent;
use crate::content::Attachments;
use crate::facts::Consent;
use crate::lifecycle::{ActiveNumber, HistoryEntry, OptIn, OptOutChange};
use crate::message::Message;
use crate::values::ids::{CampaignId, LeadId, SourceId, UserId};
use crate::values::phone::PhoneNumber;

/// A received text and everything that is written with it.
#[must_use = "a change has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundChange {
    /// The text as a received message, which is not stored yet.
    pub message: Message,
    /// The subject and the media.
    pub attachments: Attachments,
    /// The provider's event with the text, matched to the message.
    pub event: ProviderEvent,
    /// The new lead, if the organization did not know the person.
    pub new_lead: Option<NewLead>,
    /// Whether the message's conversation must be created.
    pub is_new_conversation: bool,
    /// When the person replied, for the conversation; a later one wins. `None` if the text is not
    /// the person's own: a machine's, or a quotation of our own.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// The number to which the person replied, which becomes the conversation's number unless there
    /// is a later one. `None` if the text is not a reply by the person.
    pub active_number: Option<ActiveNumber>,
    /// Whether the text must be reviewed before any other message is sent to the person.
    pub review: ReviewFlag,
    /// The opt-out, if the text is one.
    pub opt_out: Option<OptOutChange>,
    /// The opt-in, if the text is one.
    pub opt_in: Option<OptIn>,
    /// Entries for the message's history.
    pub history: Vec<HistoryEntry>,
}

/// A new lead for a person who texts an organization for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLead {
    pub id: LeadId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// The consent, if the text is an inquiry.
    pub consent: Option<Consent>,
    /// What the texted number is routed to.
    pub campaign_id: Option<CampaignId>,
    /// What the texted number is routed to.
    pub source_id: Option<SourceId>,
    /// The owner of the texted number.
    pub owner_id: Option<UserId>,
}

/// The change of the review flag on every conversation with the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewFlag {
    /// The flag does not change: an ordinary text does not clarify an earlier one.
    Keep,
    /// The flag is set.
    Set,
    /// The flag is cleared: the person has clarified the text.
    Clear,
}

impl InboundChange {
    /// Whether earlier decisions about this recipient are no longer valid, so that the recipient's
    /// version must advance.
    #[must_use]
    pub fn closes_recipient(&self) -> bool {
        self.opt_out.is_some() || self.review == ReviewFlag::Set
    }
}
