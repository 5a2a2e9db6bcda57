//! [`NameRepository`] on Postgres.

use async_trait::async_trait;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{NameRepository, Names, Unavailable};
use sms_domain::values::ids::{LeadId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    FindNames {
        organization: SqlUuid = Uuid,
        lead: SqlUuid = Uuid,
    } -> (Nullable<Text>, Nullable<Text>);
    "SELECT (SELECT name FROM leads WHERE organization_id = $organization AND id = $lead),
         (SELECT name FROM organizations WHERE id = $organization)"
}

#[async_trait]
impl NameRepository for Pg {
    async fn names(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<Names, Unavailable> {
        let statement = FindNames {
            organization: organization_id.as_uuid(),
            lead: lead_id.as_uuid(),
        };
        let mut connection = self.hot().await?;
        let found = statement.get_result(&mut connection).await;
        let (lead, organization) = found.map_err(StoreError::from)?;
        Ok(Names { lead, organization })
    }
}
