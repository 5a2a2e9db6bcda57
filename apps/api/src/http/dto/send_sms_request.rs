//! The bodies of `POST /sms/send` and `POST /sms/drafts`, and the command that they make.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use ring::digest;
use serde::Serialize;
use sms_application::{DraftCommand, IdempotencyKey, SendCommand, Sender};
use sms_domain::ports::KeyKind;
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{
    CampaignId, ConversationId, MessageId, OrganizationId, PhoneNumberId, SourceId,
};
use uuid::Uuid;

use super::wire::{Id, Name};
use crate::http::payload::{Fields, FromFields, parse};

/// The header that means the same as `outboundIdempotencyKey`.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The most characters of an idempotency key.
const KEY_CHARACTERS: usize = 255;

/// How hashes of commands are made: grows when [`Fingerprint`] changes.
const HASH_VERSION: i16 = 1;

/// Request payload for send SMS.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendSmsRequest {
    /// The SMS event ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) sms_event_id: Option<Id<MessageId>>,
    /// The date and time for the scheduled for value on this SMS.
    #[oai(nullable)]
    pub(crate) scheduled_for: Option<DateTime<Utc>>,
    /// The conversation ID associated with this SMS.
    pub(crate) conversation_id: Id<ConversationId>,
    /// The from phone number ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) from_phone_number_id: Option<Id<PhoneNumberId>>,
    /// Defines the supported Outgoing Number Selection Reason values.
    #[oai(nullable)]
    pub(crate) selection_reason: Option<Name<SelectionReason>>,
    /// Whether this SMS was manually overridden.
    pub(crate) was_manually_overridden: Option<bool>,
    /// The campaign ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The source ID associated with this SMS.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// The text value for this SMS.
    #[oai(validator(pattern = r"\S"))]
    pub(crate) text: String,
    /// Where the files of an MMS are, at most ten, with less than 1 MB together: the url of an upload, or a public HTTPS
    /// URL that needs no key. With any the message is an MMS.
    pub(crate) media_urls: Option<Vec<String>>,
    /// Makes repeating the request harmless for 24 hours: at most 255 characters. The same as the
    /// header Idempotency-Key.
    #[oai(nullable, validator(min_length = 1, max_length = 255))]
    pub(crate) outbound_idempotency_key: Option<String>,
    /// The instant from which on the message must not be sent: later than now and than `scheduledFor`,
    /// and at most 7 days after them. By default 72 hours after them, unless the organization's policy
    /// says otherwise. A message that no rule lets leave before it is blocked at once with
    /// `no_legal_window`; one that waits longer than it fails with `expired_before_send`.
    #[oai(nullable)]
    pub(crate) valid_until: Option<DateTime<Utc>>,
}

impl FromFields for SendSmsRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let nobody = ConversationId::new(Uuid::nil());
        let request = Self {
            sms_event_id: fields.optional("smsEventId", parse::id).map(Id),
            scheduled_for: fields.optional("scheduledFor", parse::instant),
            conversation_id: Id(fields
                .required("conversationId", parse::id)
                .unwrap_or(nobody)),
            from_phone_number_id: fields.optional("fromPhoneNumberId", parse::id).map(Id),
            selection_reason: fields.optional("selectionReason", parse::name).map(Name),
            was_manually_overridden: fields.absent_or("wasManuallyOverridden", parse::boolean),
            campaign_id: fields.optional("campaignId", parse::id).map(Id),
            source_id: fields.optional("sourceId", parse::id).map(Id),
            text: fields.required("text", parse::string).unwrap_or_default(),
            media_urls: fields.optional("mediaUrls", parse::strings),
            outbound_idempotency_key: idempotency_key(fields),
            valid_until: fields.optional("validUntil", parse::instant),
        };
        request.check(fields);
        request
    }
}

impl SendSmsRequest {
    /// Reports what the command finds wrong with itself, except about fields that were reported.
    fn check(&self, fields: &mut Fields<'_>) {
        let nobody = Sender {
            organization_id: OrganizationId::new(Uuid::nil()),
            key: KeyKind::Test,
        };
        let found = self.clone().command(nobody).check_alone(fields.now);
        for error in found.err().unwrap_or_default() {
            if !fields.is_rejected(error.field) {
                fields.reject(error.field, error.message);
            }
        }
    }

    /// The command to send.
    pub(crate) fn command(self, sender: Sender) -> SendCommand {
        let idempotency = self.idempotency("send");
        self.into_command(sender, idempotency)
    }

    /// The command to save without sending.
    pub(crate) fn draft(self, sender: Sender) -> DraftCommand {
        let idempotency = self.idempotency("draft");
        DraftCommand(self.into_command(sender, idempotency))
    }

    fn into_command(self, sender: Sender, idempotency: Option<IdempotencyKey>) -> SendCommand {
        SendCommand {
            sender,
            sms_event_id: self.sms_event_id.map(|id| id.0),
            scheduled_for: self.scheduled_for,
            valid_until: self.valid_until,
            conversation_id: self.conversation_id.0,
            from_phone_number_id: self.from_phone_number_id.map(|id| id.0),
            selection_reason: self.selection_reason.map(|name| name.0),
            was_manually_overridden: self.was_manually_overridden.unwrap_or_default(),
            campaign_id: self.campaign_id.map(|id| id.0),
            source_id: self.source_id.map(|id| id.0),
            text: self.text,
            media_urls: self.media_urls.unwrap_or_default(),
            idempotency,
            is_forced: false,
        }
    }

    fn idempotency(&self, operation: &'static str) -> Option<IdempotencyKey> {
        let key = self.outbound_idempotency_key.clone()?;
        let request_hash = Fingerprint::of(self, operation).hash();
        Some(IdempotencyKey {
            key,
            request_hash,
            hash_version: HASH_VERSION,
        })
    }
}

/// What makes two requests the same command: the parsed values, so that white space, the order of
/// members, unknown properties and the offset of an instant do not matter.
#[derive(Serialize)]
struct Fingerprint<'a> {
    operation: &'static str,
    sms_event_id: Option<Id<MessageId>>,
    scheduled_for: Option<i64>,
    conversation_id: Id<ConversationId>,
    from_phone_number_id: Option<Id<PhoneNumberId>>,
    selection_reason: Option<Name<SelectionReason>>,
    was_manually_overridden: bool,
    campaign_id: Option<Id<CampaignId>>,
    source_id: Option<Id<SourceId>>,
    text: &'a str,
    /// Left out where it is not given: keys of earlier releases stay what they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<i64>,
    /// Left out where there are none, too.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    media_urls: &'a [String],
}

impl<'a> Fingerprint<'a> {
    fn of(request: &'a SendSmsRequest, operation: &'static str) -> Self {
        Self {
            operation,
            sms_event_id: request.sms_event_id,
            scheduled_for: request.scheduled_for.map(|at| at.timestamp_micros()),
            conversation_id: request.conversation_id,
            from_phone_number_id: request.from_phone_number_id,
            selection_reason: request.selection_reason,
            was_manually_overridden: request.was_manually_overridden.unwrap_or_default(),
            campaign_id: request.campaign_id,
            source_id: request.source_id,
            text: &request.text,
            valid_until: request.valid_until.map(|at| at.timestamp_micros()),
            media_urls: request.media_urls.as_deref().unwrap_or_default(),
        }
    }

    fn hash(&self) -> Vec<u8> {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        digest::digest(&digest::SHA256, &bytes).as_ref().to_vec()
    }
}

/// The key from the body or the header.
fn idempotency_key(fields: &mut Fields<'_>) -> Option<String> {
    const MEMBER: &str = "outboundIdempotencyKey";
    let in_body = fields.optional(MEMBER, parse::string);
    let in_header = header_key(fields);
    for (name, key) in [(MEMBER, &in_body), (IDEMPOTENCY_KEY, &in_header)] {
        if let Some(message) = key.as_deref().and_then(fault_of_key) {
            fields.reject(name, message);
        }
    }
    if in_body.is_some() && in_header.is_some() && in_body != in_header {
        fields.reject(MEMBER, "differs from the header Idempotency-Key");
    }
    in_body.or(in_header)
}

fn header_key(fields: &mut Fields<'_>) -> Option<String> {
    let mut values = fields.headers.get_all(IDEMPOTENCY_KEY).iter();
    let value = values.next()?;
    let is_ambiguous = values.any(|other| other != value);
    let key = value.to_str().ok().filter(|_| !is_ambiguous);
    if key.is_none() {
        fields.reject(
            IDEMPOTENCY_KEY,
            "must be one value of visible ASCII characters",
        );
    }
    key.map(str::to_owned)
}

fn fault_of_key(key: &str) -> Option<&'static str> {
    let is_short_enough = (1..=KEY_CHARACTERS).contains(&key.chars().count());
    if !is_short_enough {
        Some("must have 1 to 255 characters")
    } else if key.chars().any(char::is_control) {
        Some("must not hold control characters")
    } else {
        None
    }
}
