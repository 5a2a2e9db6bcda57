//! What the lists of conversations may be asked.

use super::{FieldKind, ListField, ListOrder, Listing, Reach};

/// The conversations of an organization. Their ids are in the order in which they began.
pub static CONVERSATIONS: Listing = Listing {
    name: "conversations",
    fields: &[
        ListField::new("id", FieldKind::Id).sorted(),
        ListField::new("leadId", FieldKind::Id).filtered(Reach::Scan),
        ListField::new("leadPhoneNumber", FieldKind::Phone).filtered(Reach::Scan),
        ListField::new("activeOutboundPhoneNumberId", FieldKind::Id).filtered(Reach::Scan),
        ListField::new("isArchived", FieldKind::Flag).filtered(Reach::Scan),
        ListField::new("firstName", FieldKind::Text).searched(),
        ListField::new("lastName", FieldKind::Text).searched(),
    ],
    order: ListOrder {
        field: "id",
        is_descending: true,
    },
    time: None,
};
