//! Writing events, with a delivery for every endpoint that asks for their kind. The caller's transaction holds
//! the row of the message, so that its events are numbered one after the other.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz};
use diesel_async::AsyncPgConnection;
use sms_domain::lifecycle::MessageChange;
use sms_domain::values::ids::MessageId;
use sms_domain::webhooks::WebhookEvent;
use uuid::Uuid;

use super::Listening;
use crate::statement::{run, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Writes nothing for organizations without an endpoint for the kind.
    TellEvents {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
        kinds: Array<Text> = Vec<String>,
        instants: Array<Timestamptz> = Vec<DateTime<Utc>>,
        messages: Array<Nullable<SqlUuid>> = Vec<Option<Uuid>>,
        data: Array<Text> = Vec<String>,
    } -> ();
    "WITH told AS (
         INSERT INTO webhook_events (organization_id, id, kind, at, message_id, number, data)
         SELECT input.organization_id, input.id, input.kind, input.at, input.message_id,
             CASE WHEN input.message_id IS NOT NULL THEN 1 + coalesce((
                 SELECT earlier.number FROM webhook_events AS earlier
                 WHERE earlier.organization_id = input.organization_id
                     AND earlier.message_id = input.message_id
                 ORDER BY earlier.number DESC LIMIT 1), 0) END,
             input.data
         FROM unnest($organizations, $ids, $kinds, $instants, $messages, $data)
             AS input (organization_id, id, kind, at, message_id, data)
         WHERE EXISTS (
             SELECT FROM webhook_endpoints AS endpoint
             WHERE endpoint.organization_id = input.organization_id AND endpoint.is_enabled
                 AND input.kind = ANY (endpoint.kinds))
         ON CONFLICT (organization_id, id) DO NOTHING
         RETURNING organization_id, id, kind, at)
     INSERT INTO webhook_deliveries (organization_id, endpoint_id, event_id, due_at, tries)
     SELECT told.organization_id, endpoint.id, told.id, told.at, 0
     FROM told
     JOIN webhook_endpoints AS endpoint ON endpoint.organization_id = told.organization_id
     WHERE endpoint.is_enabled AND told.kind = ANY (endpoint.kinds)"
}

/// What is told of the changes of a group; `None` = nothing.
pub(crate) fn of_changes(changes: &[&MessageChange], listening: &Listening) -> Option<TellEvents> {
    if listening.is_empty() {
        return None;
    }
    let listens =
        |change: &&&MessageChange| listening.contains(&change.message.organization_id.as_uuid());
    let changes = changes.iter().filter(listens);
    of_events(changes.filter_map(|change| WebhookEvent::of_change(change)))
}

/// Tells of something in the transaction of the connection.
pub(crate) async fn tell(
    connection: &AsyncPgConnection,
    events: impl IntoIterator<Item = WebhookEvent>,
) -> QueryResult<()> {
    run(connection, of_events(events.into_iter())).await
}

fn of_events(events: impl Iterator<Item = WebhookEvent>) -> Option<TellEvents> {
    let mut statement = TellEvents {
        organizations: Vec::new(),
        ids: Vec::new(),
        kinds: Vec::new(),
        instants: Vec::new(),
        messages: Vec::new(),
        data: Vec::new(),
    };
    for event in events {
        statement
            .organizations
            .push(event.organization_id.as_uuid());
        statement.ids.push(event.id.as_uuid());
        statement.kinds.push(event.kind.as_str().to_owned());
        statement.instants.push(event.at);
        statement
            .messages
            .push(event.message_id.map(MessageId::as_uuid));
        statement.data.push(event.data.to_string());
    }
    (!statement.ids.is_empty()).then_some(statement)
}
