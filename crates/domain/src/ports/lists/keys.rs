//! What the list of API keys may be asked.

use super::{FieldKind, ListField, ListOrder, Listing, Reach};

/// The API keys of an organization.
pub static API_KEYS: Listing = Listing {
    name: "api_keys",
    fields: &[
        ListField::new("apiKeyIssuedAt", FieldKind::Instant)
            .sorted()
            .ranged(),
        ListField::new("name", FieldKind::Text)
            .filtered(Reach::Scan)
            .searched(),
    ],
    order: ListOrder {
        field: "apiKeyIssuedAt",
        is_descending: true,
    },
    time: None,
};
