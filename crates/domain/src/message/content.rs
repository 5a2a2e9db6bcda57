//! What a message says, to whom, and what its submitter asked for.

use chrono::{DateTime, Utc};

use crate::content::{Segmentation, Text};
use crate::values::SelectionReason;
use crate::values::ids::{CampaignId, ConversationId, LeadId, PhoneNumberId, SourceId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

wire_enum! {
    /// What kind of traffic a message is; which rules apply depends on it.
    TrafficType {
        /// A message to a lead.
        RealLead = "RealLead",
        /// Builds a number's reputation; made by an internal job only.
        Warmup = "Warmup",
        /// From a test key or a sandbox organization; reaches nobody.
        Test = "Test",
        /// Opt-out confirmations and HELP answers.
        SystemInternal = "SystemInternal",
        /// How a message is shown for which no number was found. Stored by releases that forgot what
        /// such a message was; see [`super::Message::shown_traffic`].
        FailedAttempt = "FailedAttempt",
    }
}

impl TrafficType {
    /// Whether the organization pays for it.
    #[must_use]
    pub const fn is_billed(self) -> bool {
        match self {
            Self::RealLead | Self::SystemInternal | Self::FailedAttempt => true,
            Self::Warmup | Self::Test => false,
        }
    }
}

wire_enum! {
    /// What leaves first when a number's pace makes messages wait.
    Priority {
        /// Opt-out confirmations, HELP answers.
        System = "system",
        /// Answers and messages that were sent at once.
        Immediate = "immediate",
        /// Scheduled and bulk messages.
        Bulk = "bulk",
    }
}

wire_enum! {
    /// Which way a message went.
    Direction {
        /// From the business to the lead.
        Outbound = "outbound",
        /// From the lead to the business.
        Inbound = "inbound",
    }
}

/// What is to be sent and how the submitter wants it. A resubmission replaces it as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The thread.
    pub conversation_id: ConversationId,
    /// The person.
    pub lead_id: LeadId,
    /// The person's number.
    pub to: PhoneNumber,
    /// What to say.
    pub text: Text,
    /// How many segments the text takes, 1 to 10.
    pub segments: u32,
    /// The campaign it belongs to.
    pub campaign_id: Option<CampaignId>,
    /// The source of the lead.
    pub source_id: Option<SourceId>,
    /// The number to send from: an instruction when `is_manual`, else a hint.
    pub requested_number: Option<PhoneNumberId>,
    /// A person chose the number.
    pub is_manual: bool,
    /// The selection the client claims; recorded, never trusted.
    pub claimed_selection: Option<SelectionReason>,
    /// Not before this instant.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// What kind of traffic it is; whether it may reach a person is settled when it is accepted.
    pub traffic: TrafficType,
    /// What leaves first.
    pub priority: Priority,
    /// When it was submitted, last.
    pub requested_at: DateTime<Utc>,
}

impl Submission {
    /// A text that leaves to a lead as soon as it may: nothing but the thread, the person and the
    /// words is given. Callers override what their message asks for beyond that.
    #[must_use]
    pub fn new(
        conversation_id: ConversationId,
        lead_id: LeadId,
        to: PhoneNumber,
        text: Text,
        requested_at: DateTime<Utc>,
    ) -> Self {
        Self {
            conversation_id,
            lead_id,
            to,
            // The carriers count one segment for an empty text, too.
            segments: Segmentation::of(text.as_str()).segments.max(1),
            text,
            campaign_id: None,
            source_id: None,
            requested_number: None,
            is_manual: false,
            claimed_selection: None,
            scheduled_for: None,
            traffic: TrafficType::RealLead,
            priority: Priority::Immediate,
            requested_at,
        }
    }
}
