//! [`MessageRepository`] on Postgres. Writing is in [`crate::commit`].

use async_trait::async_trait;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::{CommitError, MessageRepository, Unavailable};
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{
    AttemptRow, AttemptSql, MESSAGES, MessageRow, MessageSql, StateRow, SubmissionRow,
};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    FindMessage { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> MessageSql;
    "SELECT ", SubmissionRow::SELECT, ", ", StateRow::SELECT, " FROM ", MESSAGES, "
     WHERE messages.organization_id = $organization AND messages.id = $id"
}

statement! {
    FindAttempts { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> AttemptSql;
    "SELECT ", AttemptRow::SELECT, " FROM attempts
     WHERE organization_id = $organization AND message_id = $id ORDER BY number"
}

#[async_trait]
impl MessageRepository for Pg {
    async fn commit(
        &self,
        changes: Vec<MessageChange>,
    ) -> Result<Vec<Result<Message, CommitError>>, Unavailable> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        self.1.commits.ask(changes).await
    }

    async fn find(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Message>, Unavailable> {
        let connection = self.hot().await?;
        Ok(find_message(&connection, organization_id, id).await?)
    }

    async fn find_with_attempts(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<(Message, Vec<Attempt>)>, Unavailable> {
        let connection = self.hot().await?;
        let (message, attempts) = join(
            find_message(&connection, organization_id, id),
            find_attempts(&connection, organization_id, id),
        )
        .await;
        let attempts = attempts?;
        Ok(message?.map(|message| (message, attempts)))
    }
}

async fn find_message(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    id: MessageId,
) -> Result<Option<Message>, StoreError> {
    let statement = FindMessage {
        organization: organization_id.as_uuid(),
        id: id.as_uuid(),
    };
    let rows: Vec<MessageRow> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().next().map(Message::try_from).transpose()?)
}

async fn find_attempts(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    id: MessageId,
) -> Result<Vec<Attempt>, StoreError> {
    let statement = FindAttempts {
        organization: organization_id.as_uuid(),
        id: id.as_uuid(),
    };
    let rows: Vec<AttemptRow> = statement.load(&mut connection).await?;
    let attempts: Result<_, _> = rows.into_iter().map(Attempt::try_from).collect();
    Ok(attempts?)
}
