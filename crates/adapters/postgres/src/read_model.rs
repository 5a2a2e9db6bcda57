//! [`ReadModel`] on Postgres.

mod conversations;
mod keys;
mod messages;
mod numbers;
mod people;
#[cfg(test)]
mod plans;

use async_trait::async_trait;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use sms_domain::content::Attachments;
use sms_domain::decision::DecisionRecord;
use sms_domain::message::{Message, Status};
use sms_domain::ports::{
    ApiKeyView, ConversationView, ConversationsOf, LeadRowView, LeadsWith, ListPage, ListQuery,
    MessageRepository, MessageView, MessagesOf, ReadModel, SourceView, SuppressionEntry,
    Unavailable,
};
use sms_domain::values::ids::{LeadId, MessageId, OrganizationId, PhoneNumberId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::inbound::attachments;
use crate::pg::Pg;
use crate::rows::{RowRef, decode_decision, record_part};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;
type SqlBytes = Nullable<diesel::sql_types::Bytea>;

statement! {
    FindNames {
        organization: SqlUuid = Uuid,
        lead: SqlUuid = Uuid,
    } -> (Nullable<Text>, Nullable<Text>);
    "SELECT (SELECT name FROM leads WHERE organization_id = $organization AND id = $lead),
         (SELECT name FROM organizations WHERE id = $organization)"
}

statement! {
    FindDecisions { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> SqlBytes;
    "SELECT record FROM (
         SELECT organization_id, id AS message_id, 0 AS seq, first_decision AS record
         FROM submissions
         UNION ALL
         SELECT organization_id, message_id, seq, record FROM decisions) AS records
     WHERE organization_id = $organization AND message_id = $id ORDER BY seq"
}

#[async_trait]
impl ReadModel for Pg {
    async fn message_view(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable> {
        let Some(message) = MessageRepository::find(self, organization_id, id).await? else {
            return Ok(None);
        };
        let lead = message.submission.lead_id;
        let (lead_name, organization_name) = self.names(organization_id, lead).await?;
        Ok(Some(MessageView {
            attachments: self.attachments(&message).await?,
            message,
            lead_name,
            organization_name,
        }))
    }

    async fn messages(
        &self,
        organization_id: OrganizationId,
        of: &MessagesOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<MessageView>>, Unavailable> {
        Ok(self.list_messages(organization_id, of, query).await?)
    }

    async fn conversations(
        &self,
        organization_id: OrganizationId,
        of: ConversationsOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<ConversationView>>, Unavailable> {
        Ok(self.list_conversations(organization_id, of, query).await?)
    }

    async fn api_keys(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<ApiKeyView>, Unavailable> {
        Ok(self.list_api_keys(organization_id, query).await?)
    }

    async fn phone_numbers(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<PhoneNumberId>, Unavailable> {
        Ok(self.list_phone_numbers(organization_id, query).await?)
    }

    async fn leads(
        &self,
        organization_id: OrganizationId,
        with: &LeadsWith,
        query: &ListQuery,
    ) -> Result<ListPage<LeadRowView>, Unavailable> {
        Ok(self.list_leads(organization_id, with, query).await?)
    }

    async fn sources(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<SourceView>, Unavailable> {
        Ok(self.list_sources(organization_id, query).await?)
    }

    async fn suppressions(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<SuppressionEntry>, Unavailable> {
        Ok(self.list_suppressions(organization_id, query).await?)
    }

    async fn decisions(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable> {
        let records = self.decision_records(organization_id, id).await?;
        // The first row is the message's own, with or without a decision.
        if records.is_empty() {
            return Ok(None);
        }
        let reading = RowRef {
            table: "decisions",
            id,
        };
        let decode = |bytes: Vec<u8>| decode_decision(&reading, "record", record_part(&bytes));
        let decoded: Result<_, _> = records.into_iter().flatten().map(decode).collect();
        Ok(Some(decoded.map_err(StoreError::Row)?))
    }
}

impl Pg {
    /// The names of a lead and of its organization.
    async fn names(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<(Option<String>, Option<String>), StoreError> {
        let statement = FindNames {
            organization: organization_id.as_uuid(),
            lead: lead_id.as_uuid(),
        };
        let mut connection = self.hot().await?;
        Ok(statement.get_result(&mut connection).await?)
    }

    /// The subject and media of a received text. A sent message has none.
    async fn attachments(&self, message: &Message) -> Result<Attachments, StoreError> {
        if message.status() != Status::Received {
            return Ok(Attachments::default());
        }
        let mut connection = self.cold().await?;
        attachments::find(&mut connection, message.organization_id, message.id).await
    }

    async fn decision_records(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let mut connection = self.hot().await?;
        let statement = FindDecisions {
            organization: organization_id.as_uuid(),
            id: id.as_uuid(),
        };
        Ok(statement.load(&mut connection).await?)
    }
}
