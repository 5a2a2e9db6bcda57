//! The submission of a message: its text, recipient and options.

use chrono::{DateTime, TimeDelta, Utc};

use crate::content::{Media, Segmentation, Text};
use crate::values::SelectionReason;
use crate::values::ids::{CampaignId, ConversationId, LeadId, PhoneNumberId, SourceId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

wire_enum! {
    /// The kind of traffic, which determines the rules that apply.
    TrafficType {
        /// A message to a lead.
        RealLead = "RealLead",
        /// A message that builds a number's reputation; only an internal job creates it.
        Warmup = "Warmup",
        /// A message from a test key or a sandbox organization; it does not reach a person.
        Test = "Test",
        /// Opt-out confirmations and HELP answers.
        SystemInternal = "SystemInternal",
        /// The published kind of a message for which no number was found. Earlier releases stored it
        /// in place of the message's own kind; see [`super::Message::shown_traffic`].
        FailedAttempt = "FailedAttempt",
    }
}

impl TrafficType {
    /// Whether the organization pays for this traffic.
    #[must_use]
    pub const fn is_billed(self) -> bool {
        match self {
            Self::RealLead | Self::SystemInternal | Self::FailedAttempt => true,
            Self::Warmup | Self::Test => false,
        }
    }

    /// Whether this traffic counts towards the recipient's caps. An active exchange is exempt
    /// separately.
    #[must_use]
    pub const fn counts_for_caps(self) -> bool {
        match self {
            Self::RealLead | Self::Warmup | Self::FailedAttempt => true,
            Self::Test | Self::SystemInternal => false,
        }
    }
}

wire_enum! {
    /// The order in which messages are sent when they wait for a number's pace.
    Priority {
        /// Opt-out confirmations and HELP answers.
        System = "system",
        /// Replies and messages that are to be sent at once.
        Immediate = "immediate",
        /// Scheduled and bulk messages.
        Bulk = "bulk",
    }
}

wire_enum! {
    /// The direction of a message.
    Direction {
        /// From the business to the lead.
        Outbound = "outbound",
        /// From the lead to the business.
        Inbound = "inbound",
    }
}

/// The content of a message and the client's options. A resubmission replaces it entirely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub conversation_id: ConversationId,
    pub lead_id: LeadId,
    /// The recipient's number.
    pub to: PhoneNumber,
    pub text: Text,
    /// The files that it has besides; with any it is an MMS. They are erased with the text.
    pub media: Vec<Media>,
    /// The number of segments of the text, 1 to 10.
    pub segments: u32,
    /// The campaign to which the message belongs.
    pub campaign_id: Option<CampaignId>,
    /// The source of the lead.
    pub source_id: Option<SourceId>,
    /// The requested sending number: mandatory when `is_manual`, else a hint.
    pub requested_number: Option<PhoneNumberId>,
    /// Whether a user chose the number.
    pub is_manual: bool,
    /// The selection reason that the client reports; it is recorded but never used.
    pub claimed_selection: Option<SelectionReason>,
    /// The earliest instant at which to send.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// The instant from which on the message must not be sent; `None` = [`Submission::VALIDITY`] after
    /// it was asked for.
    pub valid_until: Option<DateTime<Utc>>,
    /// The kind of traffic. Whether the message may reach a person is fixed at acceptance.
    pub traffic: TrafficType,
    /// The priority in the queue.
    pub priority: Priority,
    /// When the message was last submitted.
    pub requested_at: DateTime<Utc>,
}

impl Submission {
    /// How long after its submission or scheduled instant a message may be sent, unless the client or the
    /// organization says otherwise.
    pub const VALIDITY: TimeDelta = TimeDelta::hours(72);

    /// How long an opt-out confirmation may be sent (47 CFR 64.1200(a)(12)).
    pub const CONFIRMATION_VALIDITY: TimeDelta = TimeDelta::minutes(5);

    /// Whether it is an MMS.
    #[must_use]
    pub const fn is_mms(&self) -> bool {
        !self.media.is_empty()
    }

    /// The instant from which on the message must not be sent.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_from(self.requested_at)
    }

    /// The same for a message that was asked for at `asked`.
    pub(super) fn expires_from(&self, asked: DateTime<Utc>) -> DateTime<Utc> {
        let (from, validity) = match self.traffic {
            // The five minutes begin with the recipient's own text.
            TrafficType::SystemInternal => (self.requested_at, Self::CONFIRMATION_VALIDITY),
            TrafficType::RealLead
            | TrafficType::Warmup
            | TrafficType::Test
            | TrafficType::FailedAttempt => {
                let from = self.scheduled_for.map_or(asked, |at| at.max(asked));
                (from, Self::VALIDITY)
            }
        };
        let usual = from.checked_add_signed(validity).unwrap_or(from);
        self.valid_until.unwrap_or(usual)
    }

    /// A text to a lead that is sent as soon as possible, with only the conversation, the recipient
    /// and the text given. Callers override the other fields as needed.
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
            // Carriers count one segment even for an empty text.
            segments: Segmentation::of(text.as_str()).segments.max(1),
            text,
            media: Vec::new(),
            campaign_id: None,
            source_id: None,
            requested_number: None,
            is_manual: false,
            claimed_selection: None,
            scheduled_for: None,
            valid_until: None,
            traffic: TrafficType::RealLead,
            priority: Priority::Immediate,
            requested_at,
        }
    }
}
