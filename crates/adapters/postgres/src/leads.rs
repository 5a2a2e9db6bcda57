//! [`LeadRepository`] on Postgres.

mod load;
mod record;

use async_trait::async_trait;
use sms_domain::lifecycle::{IntakeChange, IntakeFacts};
use sms_domain::ports::{IntakeOutcome, IntakeQuery, LeadRepository, LeadView, Unavailable};
use sms_domain::values::ids::{LeadId, OrganizationId};

use self::load::{earlier, find_view, is_own_number, known};
use crate::error::StoreError;
use crate::pg::Pg;
use crate::sources;

#[async_trait]
impl LeadRepository for Pg {
    async fn intake_facts(&self, query: IntakeQuery) -> Result<IntakeFacts, Unavailable> {
        Ok(self.facts_of_intake(query).await?)
    }

    async fn record_intake(&self, change: IntakeChange) -> Result<IntakeOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let recorded = tokio::spawn(async move {
            let mut connection = pg.hot().await?;
            record::record(&mut connection, &change).await
        });
        Ok(recorded.await.map_err(StoreError::Task)??)
    }

    async fn lead_view(
        &self,
        organization_id: OrganizationId,
        id: LeadId,
    ) -> Result<Option<LeadView>, Unavailable> {
        Ok(self.view_of_lead(organization_id, id).await?)
    }
}

impl Pg {
    async fn facts_of_intake(&self, query: IntakeQuery) -> Result<IntakeFacts, StoreError> {
        let mut connection = self.hot().await?;
        let connection = &mut *connection;
        let organization = query.organization_id;
        let phone = query.phone.as_str().to_owned();
        let source = match query.source_id {
            Some(id) => sources::find(connection, organization, id).await?,
            None => None,
        };
        Ok(IntakeFacts {
            rules: self.0.rules,
            source,
            is_own_number: is_own_number(connection, phone.clone()).await?,
            known: known(connection, organization.as_uuid(), phone).await?,
            earlier: earlier(connection, &query).await?,
        })
    }

    async fn view_of_lead(
        &self,
        organization_id: OrganizationId,
        id: LeadId,
    ) -> Result<Option<LeadView>, StoreError> {
        let mut connection = self.hot().await?;
        find_view(&mut connection, organization_id, id).await
    }
}
