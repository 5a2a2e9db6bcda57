//! The list of an organization's numbers.

use sms_domain::ports::{ListPage, ListQuery, ListValue, PHONE_NUMBERS};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::lists::{Column, ListTable, Listed, Within};
use crate::pg::Pg;

/// The numbers.
pub(crate) static NUMBERS: ListTable = ListTable {
    listing: &PHONE_NUMBERS,
    rows: "phone_numbers",
    joins: "",
    beside: "",
    columns: &[
        ("number", Column::Indexed("phone_numbers.e164")),
        ("name", Column::Expression("phone_numbers.name")),
        ("enabled", Column::Expression("phone_numbers.is_enabled")),
    ],
};

impl Pg {
    /// A page of the numbers that are not removed.
    pub(super) async fn list_phone_numbers(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<PhoneNumberId>, StoreError> {
        let is_removed = "(phone_numbers.removed_at IS NOT NULL)";
        let within = Within {
            equal: vec![(is_removed, ListValue::Flag(false))],
            ..Within::default()
        };
        let listed = Listed {
            table: &NUMBERS,
            organization_id,
            within: &within,
            query,
        };
        let page = self.list::<diesel::sql_types::Uuid, Uuid>(&listed, "phone_numbers.id");
        page.await?.try_map(|id| Ok(PhoneNumberId::new(id)))
    }
}
