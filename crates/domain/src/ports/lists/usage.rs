//! What the list of usage may be asked.

use super::{FieldKind, ListField, ListOrder, Listing, Reach};
use crate::values::billing::BillingStatus;

/// What messages cost: those that were priced or refused for money.
pub static USAGE: Listing = Listing {
    name: "usage",
    fields: &[
        ListField::new("createdAt", FieldKind::Instant)
            .sorted()
            .ranged(),
        ListField::new("status", FieldKind::OneOf(statuses)).filtered(Reach::Scan),
        ListField::new("phoneNumberId", FieldKind::Id).filtered(Reach::Scan),
        ListField::new("leadId", FieldKind::Id).filtered(Reach::Scan),
    ],
    order: ListOrder {
        field: "createdAt",
        is_descending: true,
    },
    time: Some("createdAt"),
};

fn statuses() -> Vec<&'static str> {
    let names = BillingStatus::ALL.iter();
    names.map(|status| status.as_str()).collect()
}
