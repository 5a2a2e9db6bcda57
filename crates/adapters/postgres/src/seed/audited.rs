//! What a seed writes to the audit log: organizations, campaigns and numbers as they were and as they are,
//! and every opt-out and top-up.

use chrono::{DateTime, Utc};
use diesel::result::{OptionalExtension, QueryResult};
use diesel::sql_types::{Jsonb, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use sms_domain::ports::{AuditAction, AuditEntry, SeedSuppression, SeedTopUp};
use sms_domain::values::Actor;
use sms_domain::values::ids::OrganizationId;
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

use crate::audit_log::record;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Locks the row, so that what is recorded as before is what was replaced.
    Stored {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        campaign: diesel::sql_types::Bool = bool,
    } -> Nullable<Jsonb>;
    "SELECT coalesce(
         (SELECT to_jsonb(campaign) - 'organization_id' - 'id' FROM messaging_campaigns AS campaign
          WHERE $campaign AND organization_id = $organization AND id = $id FOR UPDATE),
         (SELECT to_jsonb(number) - 'organization_id' - 'id' FROM phone_numbers AS number
          WHERE NOT $campaign AND organization_id = $organization AND id = $id FOR UPDATE))"
}

statement! {
    StoredOrganization { id: SqlUuid = Uuid } -> Jsonb;
    "SELECT to_jsonb(organization) - 'id' FROM organizations AS organization
     WHERE id = $id FOR UPDATE"
}

/// What a row of a seed is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Organization,
    Campaign(Uuid),
    Number(Uuid),
}

/// Who applies a seed, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied<'a> {
    pub(crate) by: &'a Actor,
    pub(crate) at: DateTime<Utc>,
}

impl Applied<'_> {
    /// Records a row that was put, if it differs from the one before.
    pub(super) async fn put(
        self,
        connection: &mut AsyncPgConnection,
        organization: Uuid,
        target: Target,
        before: Option<Value>,
    ) -> QueryResult<()> {
        let after = stored(connection, organization, target).await?;
        if before == after {
            return Ok(());
        }
        let (action, id) = match target {
            Target::Organization => (AuditAction::OrganizationSeeded, organization),
            Target::Campaign(id) => (AuditAction::CampaignSeeded, id),
            Target::Number(id) => (AuditAction::NumberSeeded, id),
        };
        let entry = self.entry(organization, action, id.to_string());
        record(connection, entry.changed(before, after)).await
    }

    pub(super) async fn money(
        self,
        connection: &mut AsyncPgConnection,
        seed: &SeedTopUp,
        balance: i64,
    ) -> QueryResult<()> {
        let amount = seed.amount.micros();
        let organization = seed.organization_id.as_uuid();
        let entry = self.entry(organization, AuditAction::MoneyAdded, seed.id.to_string());
        let before = json!({ "balance": balance.saturating_sub(amount) });
        let after = json!({ "balance": balance, "amount": amount });
        record(connection, entry.changed(Some(before), Some(after))).await
    }

    pub(super) async fn suppression(
        self,
        connection: &mut AsyncPgConnection,
        seed: &SeedSuppression,
    ) -> QueryResult<()> {
        let organization = seed.organization_id.as_uuid();
        let action = AuditAction::SuppressionAdded;
        let entry = self.entry(organization, action, seed.phone.masked());
        let after = json!({
            "entry": seed.id, "source": "import",
            "campaign": seed.campaign_id, "number": seed.number_id,
        });
        record(connection, entry.changed(None, Some(after))).await
    }

    fn entry(self, organization: Uuid, action: AuditAction, target: String) -> AuditEntry {
        let organization = OrganizationId::new(organization);
        AuditEntry::of(organization, self.by.clone(), self.at, action, target)
    }
}

/// The stored row as JSON, with its phone number masked.
pub(crate) async fn stored(
    connection: &mut AsyncPgConnection,
    organization: Uuid,
    target: Target,
) -> QueryResult<Option<Value>> {
    let (id, campaign) = match target {
        Target::Organization => {
            let statement = StoredOrganization { id: organization };
            return statement.get_result(connection).await.optional();
        }
        Target::Campaign(id) => (id, true),
        Target::Number(id) => (id, false),
    };
    let statement = Stored {
        organization,
        id,
        campaign,
    };
    let row: Option<Value> = statement.get_result(connection).await?;
    Ok(row.map(masked))
}

fn masked(mut row: Value) -> Value {
    if let Some(phone) = row.get_mut("e164") {
        let number = phone
            .as_str()
            .and_then(|text| PhoneNumber::parse(text).ok());
        *phone = Value::from(number.map_or_else(String::new, |number| number.masked()));
    }
    row
}
