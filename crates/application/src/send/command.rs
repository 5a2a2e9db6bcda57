//! Parsed requests of clients.

use chrono::{DateTime, Utc};
use sms_domain::content::{Body, InvalidBody, MediaType, SmartEncoding};
use sms_domain::facts::OrganizationKind;
use sms_domain::message::TrafficType;
use sms_domain::message::scheduling::{check_end, is_too_far_ahead};
use sms_domain::ports::KeyKind;
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{
    CampaignId, ConversationId, MessageId, OrganizationId, PhoneNumberId, SourceId,
};

/// The member of a request that names files.
pub(crate) const MEDIA_URLS: &str = "mediaUrls";

/// The caller: an organization by one of its API keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    pub organization_id: OrganizationId,
    /// Messages of a test key are simulated and never delivered.
    pub key: KeyKind,
}

impl Sender {
    /// The traffic type of this sender's messages in an organization of this kind.
    #[must_use]
    pub const fn traffic(self, organization: OrganizationKind) -> TrafficType {
        match (organization, self.key) {
            (OrganizationKind::Live, KeyKind::Live) => TrafficType::RealLead,
            (OrganizationKind::Sandbox, _) | (OrganizationKind::Live, KeyKind::Test) => {
                TrafficType::Test
            }
        }
    }
}

/// A request to send, as `POST /sms/send` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendCommand {
    pub sender: Sender,
    /// An existing message to replace or to resubmit.
    pub sms_event_id: Option<MessageId>,
    /// The earliest instant of sending; a past instant means now.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// The instant from which on the message must not be sent; `None` = as the organization's policy says.
    pub valid_until: Option<DateTime<Utc>>,
    pub conversation_id: ConversationId,
    /// The number to send from, if the client names one.
    pub from_phone_number_id: Option<PhoneNumberId>,
    /// The reason for the number as the client states it. Recorded, not used.
    pub selection_reason: Option<SelectionReason>,
    /// Whether a user chose the number.
    pub was_manually_overridden: bool,
    pub campaign_id: Option<CampaignId>,
    pub source_id: Option<SourceId>,
    /// The text as received.
    pub text: String,
    /// Where the files of an MMS are; empty for an SMS.
    pub media_urls: Vec<String>,
    /// The idempotency key, if the client sent one.
    pub idempotency: Option<IdempotencyKey>,
    /// Resubmits a message although its outcome is unknown; operators only.
    pub is_forced: bool,
}

/// A request to save without sending, as `POST /sms/drafts` takes it, with the same fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftCommand(pub SendCommand);

/// The client's idempotency key with a hash of the parsed command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key as received, 1 to 255 characters.
    pub key: String,
    /// Hash of the parsed command, so that formatting does not matter.
    pub request_hash: Vec<u8>,
    /// Version of the hash function.
    pub hash_version: i16,
}

/// An invalid field of a command, by its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's wire name.
    pub field: &'static str,
    /// What is wrong, as a sentence for people.
    pub message: String,
}

impl FieldError {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }

    /// A field that refers to something the organization does not have.
    pub(crate) fn unknown(field: &'static str, what: &str) -> Self {
        Self::new(field, format!("the organization has no such {what}"))
    }
}

impl SendCommand {
    /// A request for a text to be sent as soon as possible, with only the conversation and the text given.
    /// Callers override the other fields as needed.
    #[must_use]
    pub const fn new(sender: Sender, conversation_id: ConversationId, text: String) -> Self {
        Self {
            sender,
            sms_event_id: None,
            scheduled_for: None,
            valid_until: None,
            conversation_id,
            from_phone_number_id: None,
            selection_reason: None,
            was_manually_overridden: false,
            campaign_id: None,
            source_id: None,
            text,
            media_urls: Vec::new(),
            idempotency: None,
            is_forced: false,
        }
    }

    /// Checks the command without its organization's settings. Smart encoding, which organizations may enable,
    /// only shortens a text, so a text that is too long with it is always too long.
    ///
    /// # Errors
    /// All invalid fields.
    pub fn check_alone(&self, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        self.check(SmartEncoding::On, now).map(|_| ())
    }

    /// Checks the command and parses its text.
    ///
    /// # Errors
    /// All invalid fields.
    pub fn check(&self, smart: SmartEncoding, now: DateTime<Utc>) -> Result<Body, Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.was_manually_overridden && self.from_phone_number_id.is_none() {
            let message = "is required when wasManuallyOverridden is true";
            errors.push(FieldError::new("fromPhoneNumberId", message));
        }
        if self
            .scheduled_for
            .is_some_and(|at| is_too_far_ahead(at, now))
        {
            errors.push(FieldError::new(
                "scheduledFor",
                "must be at most 365 days ahead",
            ));
        }
        let end = self.valid_until;
        if let Some(Err(invalid)) = end.map(|end| check_end(end, self.scheduled_for, now)) {
            errors.push(FieldError::new("validUntil", invalid.to_string()));
        }
        if self.media_urls.len() > MediaType::MOST_FILES {
            let message = format!("must have at most {} entries", MediaType::MOST_FILES);
            errors.push(FieldError::new(MEDIA_URLS, message));
        }
        match Body::parse_with(&self.text, smart) {
            Ok(body) if errors.is_empty() => return Ok(body),
            Ok(_) => {}
            Err(invalid) => errors.push(FieldError::new("text", explain(invalid))),
        }
        Err(errors)
    }
}

fn explain(invalid: InvalidBody) -> String {
    match invalid {
        InvalidBody::Blank => "must not be blank".to_owned(),
        InvalidBody::Nul => "must not contain the NUL character".to_owned(),
        InvalidBody::TooLong { segments } => {
            format!(
                "takes {segments} segments; at most {} are allowed",
                Body::MAX_SEGMENTS
            )
        }
    }
}
