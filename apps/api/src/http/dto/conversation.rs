//! A conversation in the inbox, in the published shape. What this service does not keep about leads is null.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::message::Status;
use sms_domain::ports::{ConversationView, LastMessage};
use sms_domain::values::ids::{ConversationId, LeadId, PhoneNumberId};

use super::lead_status::CurrentLeadStatusSummary;
use super::wire::{ArchiveReason, Id, Name, Names};

/// The longest preview of a message, in characters.
const SNIPPET: usize = 160;

/// A conversation with a lead.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationResponse {
    /// Names the conversation.
    pub(crate) id: Id<ConversationId>,
    /// The lead at the other end.
    pub(crate) lead_id: Id<LeadId>,
    /// The first word of the lead's name.
    #[oai(nullable)]
    pub(crate) first_name: Option<String>,
    /// The rest of the lead's name.
    #[oai(nullable)]
    pub(crate) last_name: Option<String>,
    /// The lead's address for email; not kept here.
    #[oai(nullable)]
    pub(crate) email: Option<String>,
    /// A picture of the lead; not kept here.
    #[oai(nullable)]
    pub(crate) avatar_url: Option<String>,
    /// The beginning of the last message; null when there is none, or its text is erased.
    #[oai(nullable)]
    pub(crate) last_snippet: Option<String>,
    /// When the last message was accepted or received.
    #[oai(nullable)]
    pub(crate) last_event_at: Option<DateTime<Utc>>,
    /// Whether the last entry is a note; there are none.
    pub(crate) last_event_is_internal_note: bool,
    /// Whose turn it is: needs_reply after a text of the lead, failed after a message that did not arrive,
    /// waiting after any other of ours, open before the first message.
    #[oai(nullable)]
    pub(crate) status: Option<Name<ConversationStatus>>,
    /// A sentence about the last message.
    #[oai(nullable)]
    pub(crate) status_reason: Option<String>,
    /// When the lead was archived; only whether is on record.
    #[oai(nullable)]
    pub(crate) archived_at: Option<DateTime<Utc>>,
    /// Why the lead was archived; not on record.
    #[oai(nullable)]
    pub(crate) archive_reason: Option<ArchiveReason>,
    /// Whether the lead is archived.
    pub(crate) is_archived: bool,
    /// What became of the lead; not on record.
    #[oai(nullable)]
    pub(crate) current_lead_status: Option<CurrentLeadStatusSummary>,
    /// What to do next; not on record.
    #[oai(nullable)]
    pub(crate) next_step: Option<String>,
    /// Whether there is something that nobody has read; false, as reading is not recorded.
    pub(crate) is_unread: bool,
    /// The number that the conversation goes on from.
    #[oai(nullable)]
    pub(crate) phone_number: Option<IdNameValue>,
    /// The lead's number in E.164.
    #[oai(nullable)]
    pub(crate) lead_phone_number: Option<String>,
    /// The number that a person chose for the conversation.
    #[oai(nullable)]
    pub(crate) outbound_phone_number_override_id: Option<Id<PhoneNumberId>>,
    /// The number that the conversation goes on from.
    #[oai(nullable)]
    pub(crate) active_outbound_phone_number_id: Option<Id<PhoneNumberId>>,
}

/// Another resource by its id, with its name and a value.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct IdNameValue {
    /// A value of the resource.
    #[oai(nullable)]
    pub(crate) value: Option<String>,
    /// Names the resource.
    pub(crate) id: String,
    /// The name for people.
    pub(crate) name: String,
}

/// Whose turn it is, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConversationStatus {
    /// The lead wrote last.
    NeedsReply,
    /// We wrote last.
    Waiting,
    /// Our last message did not arrive.
    Failed,
    /// Nothing was written yet.
    Open,
}

impl Names for ConversationStatus {
    fn names() -> Vec<&'static str> {
        vec!["needs_reply", "waiting", "failed", "open"]
    }
}

impl From<ConversationView> for ConversationResponse {
    fn from(view: ConversationView) -> Self {
        let (first_name, last_name) = names(view.lead_name.as_deref());
        let number = view.active_number.zip(view.active_phone);
        let last = view.last;
        Self {
            id: Id(view.id),
            lead_id: Id(view.lead_id),
            first_name,
            last_name,
            email: None,
            avatar_url: None,
            last_snippet: last
                .as_ref()
                .and_then(|last| last.text.as_deref())
                .map(shortened),
            last_event_at: last.as_ref().map(|last| last.at),
            last_event_is_internal_note: false,
            status: Some(Name(status(last.as_ref()))),
            status_reason: last.and_then(|last| last.status_reason),
            archived_at: None,
            archive_reason: None,
            is_archived: view.is_archived,
            current_lead_status: None,
            next_step: None,
            is_unread: false,
            phone_number: number.map(|(id, phone)| IdNameValue {
                value: Some(phone.as_str().to_owned()),
                id: id.to_string(),
                name: phone.as_str().to_owned(),
            }),
            lead_phone_number: Some(view.lead_phone.as_str().to_owned()),
            outbound_phone_number_override_id: view.override_number.map(Id),
            active_outbound_phone_number_id: view.active_number.map(Id),
        }
    }
}

/// A name as its first word and the rest.
fn names(name: Option<&str>) -> (Option<String>, Option<String>) {
    let words = name.map(str::trim).filter(|name| !name.is_empty());
    let (first, rest) = match words.map(|name| name.split_once(char::is_whitespace)) {
        None => return (None, None),
        Some(Some((first, rest))) => (first, Some(rest.trim().to_owned())),
        Some(None) => (words.unwrap_or_default(), None),
    };
    (Some(first.to_owned()), rest)
}

/// The beginning of a text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SNIPPET) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn status(last: Option<&LastMessage>) -> ConversationStatus {
    let Some(last) = last else {
        return ConversationStatus::Open;
    };
    match last.status {
        Status::Received => ConversationStatus::NeedsReply,
        Status::Failed
        | Status::Undeliverable
        | Status::OptedOut
        | Status::BlockedCompliance
        | Status::BlockedBilling
        | Status::BlockedMissingCampaign => ConversationStatus::Failed,
        Status::Draft
        | Status::Scheduled
        | Status::Queued
        | Status::Sending
        | Status::Sent
        | Status::Delivered
        | Status::Canceled => ConversationStatus::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_first_word_and_the_rest() {
        let split = |name| names(Some(name));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(split("Ann Lee"), (some("Ann"), some("Lee")));
        assert_eq!(split(" Ann  van Lee "), (some("Ann"), some("van Lee")));
        assert_eq!(split("Ann"), (some("Ann"), None));
        assert_eq!(split(" "), (None, None));
        assert_eq!(names(None), (None, None));
    }

    #[test]
    fn a_snippet_ends_between_characters() {
        assert_eq!(shortened("Hi"), "Hi");
        let long = "😀".repeat(SNIPPET + 1);
        assert_eq!(shortened(&long), format!("{}…", "😀".repeat(SNIPPET)));
    }
}
