//! What clients ask for, parsed.

use chrono::{DateTime, Utc};
use sms_domain::content::{Body, InvalidBody, SmartEncoding};
use sms_domain::decision::OrganizationKind;
use sms_domain::ids::{
    CampaignId, ConversationId, MessageId, OrganizationId, PhoneNumberId, SourceId,
};
use sms_domain::message::TrafficType;
use sms_domain::message::scheduling::is_too_far_ahead;
use sms_domain::numbers::SelectionReason;
use sms_domain::ports::KeyKind;

/// Who asks: an organization by one of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// A test key's messages reach nobody.
    pub key: KeyKind,
}

impl Sender {
    /// The traffic that this sender's messages are, in an organization of this kind.
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
    /// Who asks.
    pub sender: Sender,
    /// A message to replace or to try again.
    pub sms_event_id: Option<MessageId>,
    /// Not before; past = now.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// The thread.
    pub conversation_id: ConversationId,
    /// The number to send from.
    pub from_phone_number_id: Option<PhoneNumberId>,
    /// The selection the client claims.
    pub selection_reason: Option<SelectionReason>,
    /// A person chose the number.
    pub was_manually_overridden: bool,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// The source.
    pub source_id: Option<SourceId>,
    /// The text as given.
    pub text: String,
    /// The client's key.
    pub idempotency: Option<IdempotencyKey>,
    /// An operator insists on a message whose outcome is unknown.
    pub is_forced: bool,
}

/// A request to save without sending, as `POST /sms/drafts` takes it: the same fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftCommand(pub SendCommand);

/// The client's idempotency key with a hash over the parsed command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// 1 to 255 characters.
    pub key: String,
    /// Over the parsed command, so that formatting does not matter.
    pub request_hash: Vec<u8>,
    /// How the hash was made.
    pub hash_version: i16,
}

/// A field of a command that cannot be accepted, by its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl FieldError {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }

    /// The field names something that the organization does not have.
    pub(crate) fn unknown(field: &'static str, what: &str) -> Self {
        Self::new(field, format!("the organization has no such {what}"))
    }
}

impl SendCommand {
    /// Everything that is wrong with the command whatever its organization has chosen. A text that is
    /// too long as written may still fit once typographic characters are plain, never the other way
    /// round; whether they may be replaced is the organization's choice.
    ///
    /// # Errors
    /// A message for every field at fault.
    pub fn check_alone(&self, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        self.check(SmartEncoding::On, now).map(|_| ())
    }

    /// Everything that is wrong with the command; the parsed text when nothing is.
    ///
    /// # Errors
    /// A message for every field at fault.
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
