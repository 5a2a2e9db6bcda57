//! What the lists of messages may be asked.

use super::{FieldKind, ListField, ListOrder, Listing, Reach};
use crate::message::{Direction, Status};

const NEWEST_FIRST: ListOrder = ListOrder {
    field: "createdAt",
    is_descending: true,
};

const FIELDS: &[ListField] = &[
    ListField::new("createdAt", FieldKind::Instant)
        .sorted()
        .ranged(),
    ListField::new("status", FieldKind::OneOf(statuses)).filtered(Reach::Scan),
    ListField::new("direction", FieldKind::OneOf(directions)).filtered(Reach::Scan),
    ListField::new("errorCode", FieldKind::Text).filtered(Reach::Scan),
    ListField::new("complianceAction", FieldKind::Text).filtered(Reach::Scan),
    ListField::new("scheduledReason", FieldKind::Text).filtered(Reach::Scan),
    ListField::new("cancelReason", FieldKind::Text).filtered(Reach::Scan),
    ListField::new("billingStatus", FieldKind::Text).filtered(Reach::Scan),
    ListField::new("outboundPhoneNumberId", FieldKind::Id).filtered(Reach::Scan),
    ListField::new("campaignId", FieldKind::Id).filtered(Reach::Scan),
    ListField::new("sourceId", FieldKind::Id).filtered(Reach::Scan),
    ListField::new("conversationId", FieldKind::Id).filtered(Reach::Scan),
    ListField::new("leadId", FieldKind::Id).filtered(Reach::Scan),
    ListField::new("text", FieldKind::Text).searched(),
];

/// Messages of an organization.
pub static SMS_EVENTS: Listing = Listing {
    name: "sms_events",
    fields: FIELDS,
    order: NEWEST_FIRST,
    time: Some("createdAt"),
};

/// Messages with one person, or over one number.
pub static SMS_EVENTS_OF_ONE: Listing = Listing {
    name: "sms_events_of_one",
    fields: FIELDS,
    order: NEWEST_FIRST,
    time: None,
};

/// What happened in a conversation, as it is read: the oldest first.
pub static CONVERSATION_EVENTS: Listing = Listing {
    name: "conversation_events",
    fields: FIELDS,
    order: ListOrder {
        field: "createdAt",
        is_descending: false,
    },
    time: None,
};

fn statuses() -> Vec<&'static str> {
    Status::ALL.iter().map(|status| status.as_str()).collect()
}

fn directions() -> Vec<&'static str> {
    let names = Direction::ALL.iter();
    names.map(|direction| direction.as_str()).collect()
}
