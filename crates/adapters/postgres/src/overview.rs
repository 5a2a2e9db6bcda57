//! [`OverviewRepository`] on Postgres.

use async_trait::async_trait;
use diesel::sql_types::{Array, BigInt};
use diesel_async::RunQueryDsl;
use sms_domain::message::Message;
use sms_domain::ports::{OverviewRepository, QueueOverview, Unavailable};
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, MESSAGES, MessageRow, MessageSql, StateRow, SubmissionRow};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// How many are scheduled, and which were changed last.
    CountWaiting {
        organization: SqlUuid = Uuid,
        counted: BigInt = i64,
        shown: BigInt = i64,
    } -> (BigInt, Array<SqlUuid>);
    "WITH waiting AS MATERIALIZED (
         SELECT messages.id, messages.status, messages.modified_at FROM (
             SELECT message_id FROM due WHERE organization_id = $organization
             ORDER BY message_id LIMIT $counted) AS page
         JOIN messages ON messages.organization_id = $organization
             AND messages.id = page.message_id)
     SELECT (SELECT count(*) FROM waiting WHERE status = 'scheduled'),
         ARRAY(SELECT id FROM waiting WHERE status IN ('scheduled', 'queued')
             ORDER BY modified_at DESC, id LIMIT $shown)"
}

statement! {
    LoadShown { organization: SqlUuid = Uuid, ids: Array<SqlUuid> = Vec<Uuid> } -> MessageSql;
    "SELECT ", SubmissionRow::SELECT, ", ", StateRow::SELECT, " FROM ", MESSAGES, "
     WHERE messages.organization_id = $organization AND messages.id = ANY($ids)
     ORDER BY messages.modified_at DESC, messages.id"
}

#[async_trait]
impl OverviewRepository for Pg {
    async fn queue(&self, organization_id: OrganizationId) -> Result<QueueOverview, Unavailable> {
        Ok(self.count_waiting(organization_id).await?)
    }
}

impl Pg {
    async fn count_waiting(&self, id: OrganizationId) -> Result<QueueOverview, StoreError> {
        let organization = id.as_uuid();
        let mut connection = self.cold().await?;
        let count = CountWaiting {
            organization,
            counted: QueueOverview::MOST_COUNTED.into(),
            shown: QueueOverview::MOST_SHOWN.into(),
        };
        let (scheduled, ids): (i64, Vec<Uuid>) = count.get_result(&mut connection).await?;
        let shown = LoadShown { organization, ids };
        let rows: Vec<MessageRow> = shown.load(&mut connection).await?;
        let recent: Result<_, ImpossibleRow> = rows.into_iter().map(Message::try_from).collect();
        Ok(QueueOverview {
            scheduled: u32::try_from(scheduled).unwrap_or_default(),
            recent: recent?,
        })
    }
}
