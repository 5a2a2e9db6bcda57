//! [`KnownRepository`] on Postgres.

use async_trait::async_trait;
use diesel::result::QueryResult;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use sms_domain::ports::{Known, KnownRepository, Unavailable};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    HasOrganization { id: SqlUuid = Uuid } -> Bool;
    "SELECT EXISTS (SELECT FROM organizations WHERE id = $id)"
}

statement! {
    HasNumber { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> Bool;
    "SELECT EXISTS (
         SELECT FROM phone_numbers WHERE organization_id = $organization AND id = $id)"
}

statement! {
    HasCampaign { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> Bool;
    "SELECT EXISTS (
         SELECT FROM messaging_campaigns WHERE organization_id = $organization AND id = $id)"
}

statement! {
    HasConversation { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> Bool;
    "SELECT EXISTS (
         SELECT FROM conversations WHERE organization_id = $organization AND id = $id)"
}

#[async_trait]
impl KnownRepository for Pg {
    async fn is_known(&self, what: Known) -> Result<bool, Unavailable> {
        let mut connection = self.cold().await?;
        let connection = &mut connection;
        let known: QueryResult<bool> = match what {
            Known::Organization(id) => {
                let id = id.as_uuid();
                HasOrganization { id }.get_result(connection).await
            }
            Known::Number(organization, id) => {
                let (organization, id) = (organization.as_uuid(), id.as_uuid());
                HasNumber { organization, id }.get_result(connection).await
            }
            Known::Campaign(organization, id) => {
                let (organization, id) = (organization.as_uuid(), id.as_uuid());
                HasCampaign { organization, id }
                    .get_result(connection)
                    .await
            }
            Known::Conversation(organization, id) => {
                let (organization, id) = (organization.as_uuid(), id.as_uuid());
                let statement = HasConversation { organization, id };
                statement.get_result(connection).await
            }
        };
        Ok(known.map_err(StoreError::from)?)
    }
}
