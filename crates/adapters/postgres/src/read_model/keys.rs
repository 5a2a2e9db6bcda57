//! The list of API keys.

use diesel::sql_types::{Nullable, Text};
use sms_domain::ports::{API_KEYS, ApiKey, ApiKeyView, ListPage, ListQuery};
use sms_domain::values::ids::OrganizationId;

use crate::error::StoreError;
use crate::keys::{ApiKeyRow, ApiKeySql, COLUMNS};
use crate::lists::{Column, ListTable, Listed, Within};
use crate::pg::Pg;

/// The API keys.
pub(crate) static KEYS: ListTable = ListTable {
    listing: &API_KEYS,
    rows: "api_keys",
    joins: "",
    beside: "LEFT JOIN organizations ON organizations.id = api_keys.organization_id",
    columns: &[
        ("apiKeyIssuedAt", Column::Indexed("api_keys.created_at")),
        ("name", Column::Expression("api_keys.prefix")),
    ],
};

impl Pg {
    /// A page of API keys.
    pub(super) async fn list_api_keys(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<ApiKeyView>, StoreError> {
        let listed = Listed {
            table: &KEYS,
            organization_id,
            within: &Within::default(),
            query,
        };
        let columns = format!("{COLUMNS}, organizations.name");
        let page = self
            .list::<(ApiKeySql, Nullable<Text>), (ApiKeyRow, Option<String>)>(&listed, &columns);
        page.await?.try_map(|(row, organization_name)| {
            Ok(ApiKeyView {
                key: ApiKey::try_from(row)?,
                organization_name,
            })
        })
    }
}
