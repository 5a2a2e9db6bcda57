//! Rows of `provider_events`.

use chrono::{DateTime, Utc};
use sms_domain::carrier::ProviderEvent;
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::statement::{Columns, rows};

/// The SQL types of [`EventRow`].
pub(crate) type EventSql = <EventRow as Columns>::Sql;

rows! {
    /// A raw event of the provider.
    EventRow, EventArrays of provider_events {
        provider_account: String,
        event_id: String,
        event_type: String,
        occurred_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
        provider_message_id: Option<String>,
        organization_id: Option<Uuid>,
        message_id: Option<Uuid>,
        payload: Vec<u8>,
    }
}

impl EventRow {
    pub(crate) fn new(event: &ProviderEvent) -> Self {
        Self {
            provider_account: event.account.as_str().to_owned(),
            event_id: event.event_id.clone(),
            event_type: event.event_type.clone(),
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            provider_message_id: event.provider_message_id.clone(),
            organization_id: event
                .matched
                .map(|(organization, _)| organization.as_uuid()),
            message_id: event.matched.map(|(_, message)| message.as_uuid()),
            payload: event.payload.clone(),
        }
    }
}

impl From<EventRow> for ProviderEvent {
    fn from(row: EventRow) -> Self {
        let organization = row.organization_id.map(OrganizationId::new);
        Self {
            account: ProviderAccount::new(row.provider_account),
            event_id: row.event_id,
            event_type: row.event_type,
            occurred_at: row.occurred_at,
            received_at: row.received_at,
            provider_message_id: row.provider_message_id,
            matched: organization.zip(row.message_id.map(MessageId::new)),
            payload: row.payload,
        }
    }
}
