//! What the lists of leads, of their sources and of the opt-out list may be asked.

use super::{FieldKind, ListField, ListOrder, Listing, Reach};
use crate::lifecycle::SuppressionSource;

const NEWEST_FIRST: ListOrder = ListOrder {
    field: "createdAt",
    is_descending: true,
};

/// Leads of an organization.
pub static LEADS: Listing = Listing {
    name: "leads",
    fields: &[
        ListField::new("createdAt", FieldKind::Instant)
            .sorted()
            .ranged(),
        ListField::new("phone", FieldKind::Phone).filtered(Reach::Index),
        ListField::new("email", FieldKind::Text)
            .filtered(Reach::Scan)
            .searched(),
        ListField::new("firstName", FieldKind::Text).searched(),
        ListField::new("lastName", FieldKind::Text).searched(),
        ListField::new("sourceId", FieldKind::Id).filtered(Reach::Scan),
        ListField::new("isArchived", FieldKind::Flag).filtered(Reach::Scan),
    ],
    order: NEWEST_FIRST,
    time: Some("createdAt"),
};

/// Sources of an organization.
pub static SOURCES: Listing = Listing {
    name: "sources",
    fields: &[
        ListField::new("createdAt", FieldKind::Instant)
            .sorted()
            .ranged(),
        ListField::new("name", FieldKind::Text)
            .filtered(Reach::Scan)
            .searched(),
        ListField::new("enabled", FieldKind::Flag).filtered(Reach::Scan),
    ],
    order: NEWEST_FIRST,
    time: None,
};

/// Entries of an organization's opt-out list.
pub static SUPPRESSIONS: Listing = Listing {
    name: "suppressions",
    fields: &[
        ListField::new("suppressedAt", FieldKind::Instant)
            .sorted()
            .ranged(),
        ListField::new("normalizedPhoneNumber", FieldKind::Phone).filtered(Reach::Index),
        ListField::new("status", FieldKind::OneOf(statuses)).filtered(Reach::Scan),
        ListField::new("source", FieldKind::OneOf(sources)).filtered(Reach::Scan),
    ],
    order: ListOrder {
        field: "suppressedAt",
        is_descending: true,
    },
    time: Some("suppressedAt"),
};

fn statuses() -> Vec<&'static str> {
    vec!["active", "released"]
}

/// Entries that a client made by the API are told apart from an operator's.
fn sources() -> Vec<&'static str> {
    let names = SuppressionSource::ALL.iter().map(|source| source.as_str());
    std::iter::once("api").chain(names).collect()
}
