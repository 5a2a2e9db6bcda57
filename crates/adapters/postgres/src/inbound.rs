//! [`InboundRepository`] on Postgres: what is known about a texted number and the person, and the
//! one transaction that records a text.

pub(crate) mod attachments;
mod load;
mod record;

use async_trait::async_trait;
use sms_domain::inbound::InboundFacts;
use sms_domain::lifecycle::InboundChange;
use sms_domain::ports::{InboundOutcome, InboundRepository, Unavailable};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::OrganizationId;
use sms_domain::values::phone::PhoneNumber;

pub(crate) use self::record::flag_reviews;
use crate::error::StoreError;
use crate::pg::Pg;

#[async_trait]
impl InboundRepository for Pg {
    async fn load(
        &self,
        account: &ProviderAccount,
        our_number: &PhoneNumber,
        person: &PhoneNumber,
    ) -> Result<Option<InboundFacts>, Unavailable> {
        let connection = self.hot().await?;
        Ok(load::facts(&connection, account, our_number, person).await?)
    }

    async fn owner(&self, number: &PhoneNumber) -> Result<Option<OrganizationId>, Unavailable> {
        let connection = self.hot().await?;
        Ok(load::owner(&connection, number)
            .await
            .map_err(StoreError::from)?)
    }

    async fn record_inbound(&self, change: InboundChange) -> Result<InboundOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let recorded = tokio::spawn(async move {
            let mut connection = pg.hot().await?;
            record::record(&mut connection, &change).await
        });
        Ok(recorded.await.map_err(StoreError::Task)??)
    }
}
