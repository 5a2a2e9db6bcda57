//! Conversations: finding the one with a person, and the number that a user chose for one.

use async_trait::async_trait;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl,
};
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{ConversationRepository, Person, Unavailable};
use sms_domain::values::ids::{ConversationId, OrganizationId, PhoneNumberId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::schema::{conversations, leads};

#[async_trait]
impl ConversationRepository for Pg {
    async fn find_with(
        &self,
        organization_id: OrganizationId,
        person: &Person,
    ) -> Result<Option<ConversationId>, Unavailable> {
        let mut connection = self.cold().await?;
        let of_organization = conversations::table
            .inner_join(
                leads::table.on(leads::organization_id
                    .eq(conversations::organization_id)
                    .and(leads::id.eq(conversations::lead_id))),
            )
            .filter(conversations::organization_id.eq(organization_id.as_uuid()))
            .order(conversations::id.desc())
            .select(conversations::id);
        let found: Result<Uuid, QueryError> = match person {
            Person::Lead(id) => {
                of_organization
                    .filter(leads::id.eq(id.as_uuid()))
                    .first(&mut connection)
                    .await
            }
            Person::Phone(phone) => {
                of_organization
                    .filter(leads::phone.eq(phone.as_str()))
                    .first(&mut connection)
                    .await
            }
        };
        let found = found.optional().map_err(StoreError::from)?;
        Ok(found.map(ConversationId::new))
    }

    async fn set_override(
        &self,
        organization_id: OrganizationId,
        id: ConversationId,
        number: Option<PhoneNumberId>,
    ) -> Result<bool, Unavailable> {
        let mut connection = self.cold().await?;
        let one = conversations::table
            .filter(conversations::organization_id.eq(organization_id.as_uuid()))
            .filter(conversations::id.eq(id.as_uuid()));
        let changed = diesel::update(one)
            .set(conversations::override_number_id.eq(number.map(PhoneNumberId::as_uuid)))
            .execute(&mut connection)
            .await;
        match changed {
            Ok(rows) => Ok(rows == 1),
            // The number left the organization after it was checked.
            Err(QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Ok(false),
            Err(error) => Err(StoreError::from(error).into()),
        }
    }
}
