//! Which operation asks which list: the document says what each may be asked.

use sms_domain::ports::{
    API_KEYS, CONVERSATION_EVENTS, CONVERSATIONS, LEADS, Listing, SMS_EVENTS, SMS_EVENTS_OF_ONE,
    SOURCES, SUPPRESSIONS, USAGE,
};

/// The lists, by the ids of their operations.
static LISTS: &[(&str, &Listing)] = &[
    ("SmsEvents_GetAllForCurrentUser", &SMS_EVENTS),
    ("SmsEvents_GetByLeadId", &SMS_EVENTS_OF_ONE),
    ("SmsEvents_GetByPhoneNumber", &SMS_EVENTS_OF_ONE),
    ("Events_GetAllForConversation", &CONVERSATION_EVENTS),
    ("Conversations_GetAllForCurrentUser", &CONVERSATIONS),
    ("Conversations_GetConversationsByLead", &CONVERSATIONS),
    ("Usage_GetAllForCurrentOrganization", &USAGE),
    ("Organizations_GetAllApiKeysForCurrentUser", &API_KEYS),
    ("Leads_GetAllForCurrentUser", &LEADS),
    ("Sources_GetAllForCurrentUser", &SOURCES),
    ("Suppressions_GetAllForCurrentOrganization", &SUPPRESSIONS),
];

/// The list that an operation asks.
pub(crate) fn listing(operation_id: &str) -> Option<&'static Listing> {
    let mut lists = LISTS.iter();
    let found = lists.find(|(id, _)| *id == operation_id);
    found.map(|(_, listing)| *listing)
}
