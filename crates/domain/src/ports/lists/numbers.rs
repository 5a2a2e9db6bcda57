//! What the list of an organization's numbers may be asked.

use super::{FieldKind, ListField, ListOrder, Listing, Reach};

/// The numbers of an organization.
pub static PHONE_NUMBERS: Listing = Listing {
    name: "phone_numbers",
    fields: &[
        ListField::new("number", FieldKind::Phone)
            .filtered(Reach::Index)
            .sorted()
            .searched(),
        ListField::new("name", FieldKind::Text)
            .filtered(Reach::Scan)
            .searched(),
        ListField::new("enabled", FieldKind::Flag).filtered(Reach::Scan),
    ],
    order: ListOrder {
        field: "number",
        is_descending: false,
    },
    time: None,
};
