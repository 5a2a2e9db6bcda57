//! Changes that an earlier try already committed, although its answer was lost. The caller repeats the same
//! change, and finding it written is success.
//!
//! Versions alone cannot tell this change from another one, so the stored rows are compared with what the
//! change would have written. An attempt's idempotency key identifies its change with certainty.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel::sql_types::{Array, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join3;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::Message;
use uuid::Uuid;

use super::admit::Admission;
use super::keys::{MessageKey, OrganizationText, idempotency_key, message_key};
use crate::error::StoreError;
use crate::rows::{AttemptRow, AttemptSql, MessageRow, MessageSql, StateRow, SubmissionRow};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LoadMessages {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
    } -> MessageSql;
    "SELECT ", SubmissionRow::SELECT, ", ", StateRow::SELECT, "
     FROM unnest($organizations, $ids) AS input (organization_id, id)
     JOIN messages ON messages.organization_id = input.organization_id AND messages.id = input.id
     JOIN submissions ON submissions.organization_id = messages.organization_id
         AND submissions.id = messages.id"
}

statement! {
    LoadAttempts {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
    } -> AttemptSql;
    "SELECT ", AttemptRow::SELECT, "
     FROM unnest($organizations, $ids) AS input (organization_id, id)
     JOIN attempts ON attempts.organization_id = input.organization_id
         AND attempts.message_id = input.id"
}

statement! {
    LoadKeys {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        keys: Array<Text> = Vec<String>,
    } -> (SqlUuid, Text, SqlUuid);
    "SELECT organization_id, key, message_id
     FROM unnest($organizations, $keys) AS input (organization_id, key)
     JOIN idempotency_keys USING (organization_id, key)"
}

/// The stored messages of the doubtful changes that are already committed, by the change's index.
pub(super) async fn find(
    connection: &AsyncPgConnection,
    changes: &[MessageChange],
    admissions: &[Admission],
) -> Result<HashMap<usize, Message>, StoreError> {
    let doubtful: Vec<(usize, &MessageChange)> = changes
        .iter()
        .enumerate()
        .zip(admissions)
        .filter(|(_, admission)| matches!(admission, Admission::Doubtful(_)))
        .map(|(change, _)| change)
        .collect();
    if doubtful.is_empty() {
        return Ok(HashMap::new());
    }
    let stored = Stored::load(connection, &doubtful).await?;
    let mut found = HashMap::new();
    for (index, change) in doubtful {
        if let Some(row) = stored.of(change) {
            found.insert(index, Message::try_from(row.clone())?);
        }
    }
    Ok(found)
}

/// The stored rows of the doubtful changes.
struct Stored {
    messages: HashMap<MessageKey, MessageRow>,
    attempts: HashMap<(MessageKey, i32), AttemptRow>,
    keys: HashMap<OrganizationText, Uuid>,
}

impl Stored {
    async fn load(
        connection: &AsyncPgConnection,
        doubtful: &[(usize, &MessageChange)],
    ) -> Result<Self, StoreError> {
        let ids: Vec<MessageKey> = doubtful
            .iter()
            .map(|(_, change)| message_key(change))
            .collect();
        let keys = doubtful
            .iter()
            .filter_map(|(_, change)| idempotency_key(change))
            .collect();
        let (messages, attempts, keys) = join3(
            load_messages(connection, &ids),
            load_attempts(connection, &ids),
            load_keys(connection, keys),
        )
        .await;
        let attempts = attempts?.into_iter();
        Ok(Self {
            messages: (messages?.into_iter())
                .map(|row| ((row.state.organization_id, row.state.id), row))
                .collect(),
            attempts: attempts
                .map(|row| (((row.organization_id, row.message_id), row.number), row))
                .collect(),
            keys: (keys?.into_iter())
                .map(|(organization, key, message)| ((organization, key), message))
                .collect(),
        })
    }

    /// The stored message, if it is the one that the change writes or, for a new message, a later version.
    fn of(&self, change: &MessageChange) -> Option<&MessageRow> {
        let stored = self.messages.get(&message_key(change))?;
        let is_in_place = if change.message.version == 0 {
            self.is_its_message(change, stored)
        } else {
            self.is_its_image(change, stored)
        };
        is_in_place.then_some(stored)
    }

    /// A new message may have changed since. Its id, creation time and key identify it.
    fn is_its_message(&self, change: &MessageChange, stored: &MessageRow) -> bool {
        let has_its_key = idempotency_key(change)
            .is_none_or(|key| self.keys.get(&key) == Some(&change.message.id.as_uuid()));
        has_its_key
            && stored.submission.created_at == change.message.timeline.created_at
            && stored.submission.conversation_id
                == change.message.submission.conversation_id.as_uuid()
    }

    fn is_its_image(&self, change: &MessageChange, stored: &MessageRow) -> bool {
        let image = MessageRow::new(&change.message, change.message.version.saturating_add(1));
        let has_its_attempt = change.attempt.as_ref().is_none_or(|attempt| {
            let row = AttemptRow::new(attempt);
            self.attempts.get(&(message_key(change), row.number)) == Some(&row)
        });
        has_its_attempt && *stored == image
    }
}

async fn load_messages(
    mut connection: &AsyncPgConnection,
    ids: &[MessageKey],
) -> QueryResult<Vec<MessageRow>> {
    let (organizations, ids) = ids.iter().copied().unzip();
    LoadMessages { organizations, ids }
        .load(&mut connection)
        .await
}

async fn load_attempts(
    mut connection: &AsyncPgConnection,
    ids: &[MessageKey],
) -> QueryResult<Vec<AttemptRow>> {
    let (organizations, ids) = ids.iter().copied().unzip();
    LoadAttempts { organizations, ids }
        .load(&mut connection)
        .await
}

async fn load_keys(
    mut connection: &AsyncPgConnection,
    keys: Vec<OrganizationText>,
) -> QueryResult<Vec<(Uuid, String, Uuid)>> {
    let (organizations, keys) = keys.into_iter().unzip();
    LoadKeys {
        organizations,
        keys,
    }
    .load(&mut connection)
    .await
}
