//! Rows of `messages`.

mod read;
#[cfg(test)]
mod tests;
mod write;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::statement::{Columns, rows};

/// The SQL types of [`MessageRow`].
pub(crate) type MessageSql = <MessageRow as Columns>::Sql;

rows! {
    /// A message, without the decision about it.
    MessageRow, MessageArrays of messages {
        organization_id: Uuid,
        id: Uuid,
        version: i64,
        conversation_id: Uuid,
        lead_id: Uuid,
        recipient: String,
        body: Option<String>,
        segments: i32,
        campaign_id: Option<Uuid>,
        source_id: Option<Uuid>,
        requested_number_id: Option<Uuid>,
        is_manual: bool,
        claimed_selection: Option<String>,
        requested_for: Option<DateTime<Utc>>,
        traffic: String,
        priority: i16,
        requested_at: DateTime<Utc>,
        status: String,
        retry_at: Option<DateTime<Utc>>,
        unknown_since: Option<DateTime<Utc>>,
        is_unconfirmed: bool,
        error_code: Option<String>,
        error_message: Option<String>,
        reason: Option<String>,
        status_reason: Option<String>,
        compliance: Option<String>,
        created_at: DateTime<Utc>,
        modified_at: DateTime<Utc>,
        scheduled_until: Option<DateTime<Utc>>,
        scheduled_reason: Option<String>,
        queued_at: Option<DateTime<Utc>>,
        sending_started_at: Option<DateTime<Utc>>,
        sent_at: Option<DateTime<Utc>>,
        delivered_at: Option<DateTime<Utc>>,
        received_at: Option<DateTime<Utc>>,
        failed_at: Option<DateTime<Utc>>,
        undeliverable_at: Option<DateTime<Utc>>,
        blocked_at: Option<DateTime<Utc>>,
        canceled_at: Option<DateTime<Utc>>,
        number_id: Option<Uuid>,
        from_number: Option<String>,
        selection: Option<String>,
        ten_dlc_campaign_id: Option<String>,
        is_warmup: bool,
        provider_account: Option<String>,
        messaging_profile_id: Option<String>,
        provider_message_id: Option<String>,
        quote: Option<i64>,
        hold: i64,
        billing_status: Option<String>,
        attempts_last: i32,
        attempts_counted: i32,
        is_reopened: bool,
        has_switched_number: bool,
        reserved_number_id: Option<Uuid>,
        reserved_hour: Option<DateTime<Utc>>,
        reserved_hour_limit: Option<i32>,
        reserved_day: Option<DateTime<Utc>>,
        reserved_day_limit: Option<i32>,
        reserved_campaign_id: Option<Uuid>,
        reserved_campaign_segments: Option<i32>,
        reserved_campaign_limit: Option<i32>,
        due_at: Option<DateTime<Utc>>,
    }
}
