//! What an entry of the opt-out list closes, and on whose word.

use diesel::Queryable;
use diesel::sql_types::{Nullable, Text};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{ProviderProfile, SuppressionSource};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{CampaignId, PhoneNumberId, SuppressionId};
use uuid::Uuid;

use crate::rows::{ImpossibleRow, RowRef};

type SqlUuid = diesel::sql_types::Uuid;

pub(crate) type ScopeSql = (
    SqlUuid,
    Text,
    Nullable<SqlUuid>,
    Text,
    Nullable<Text>,
    Nullable<Text>,
);

/// An entry's scope and source.
#[derive(Debug, Queryable)]
pub(crate) struct ScopeRow {
    id: Uuid,
    scope: String,
    scope_id: Option<Uuid>,
    source: String,
    provider_account: Option<String>,
    messaging_profile_id: Option<String>,
}

/// An entry's id, scope, source and profile.
type Entry = (
    SuppressionId,
    SuppressionScope,
    SuppressionSource,
    Option<ProviderProfile>,
);

impl ScopeRow {
    pub(super) fn read(self) -> Result<Entry, ImpossibleRow> {
        let reading = RowRef {
            table: "suppressions",
            id: self.id,
        };
        let scope = match (self.scope.as_str(), self.scope_id) {
            ("organization", None) => SuppressionScope::Organization,
            ("campaign", Some(id)) => SuppressionScope::Campaign(CampaignId::new(id)),
            ("number", Some(id)) => SuppressionScope::Number(PhoneNumberId::new(id)),
            (other, _) => return Err(reading.impossible("scope", format!("is {other:?}"))),
        };
        let source = reading.name("source", &self.source)?;
        let id = self.messaging_profile_id;
        let profile = self.provider_account.map(|account| ProviderProfile {
            account: ProviderAccount::new(account),
            id,
        });
        Ok((SuppressionId::new(self.id), scope, source, profile))
    }
}

/// The columns of a scope.
pub(super) fn scope_columns(scope: SuppressionScope) -> (String, Option<Uuid>) {
    let (name, id) = match scope {
        SuppressionScope::Organization => ("organization", None),
        SuppressionScope::Campaign(id) => ("campaign", Some(id.as_uuid())),
        SuppressionScope::Number(id) => ("number", Some(id.as_uuid())),
    };
    (name.to_owned(), id)
}
