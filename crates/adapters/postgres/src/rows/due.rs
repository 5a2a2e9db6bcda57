//! Rows of `due`.

use chrono::{DateTime, Utc};
use sms_domain::message::{Message, Priority};
use uuid::Uuid;

use crate::statement::rows;

rows! {
    /// A message in the queue.
    DueRow, DueArrays of due {
        organization_id: Uuid,
        message_id: Uuid,
        priority: i16,
        provider_account: String,
        due_at: DateTime<Utc>,
        is_ready: bool,
        recipient: String,
        number_id: Option<Uuid>,
        campaign_id: Option<Uuid>,
        is_paused: bool,
    }
}

impl DueRow {
    /// `None` for a message that is never due again.
    pub(crate) fn new(message: &Message) -> Option<Self> {
        let due_at = message.due_at?;
        let lanes = message.lanes();
        let route = message.route.as_ref();
        Some(Self {
            organization_id: message.organization_id.as_uuid(),
            message_id: message.id.as_uuid(),
            priority: priority(message.submission.priority),
            provider_account: route
                .map(|route| route.account.as_str().to_owned())
                .unwrap_or_default(),
            due_at,
            is_ready: due_at <= message.timeline.modified_at,
            recipient: message.submission.to.as_str().to_owned(),
            number_id: lanes.as_ref().map(|lanes| lanes.number_id.as_uuid()),
            campaign_id: lanes.and_then(|lanes| lanes.campaign_id.map(|id| id.as_uuid())),
            is_paused: message.is_paused(),
        })
    }
}

/// What leaves first has the smaller number.
pub(crate) const fn priority(priority: Priority) -> i16 {
    match priority {
        Priority::System => 0,
        Priority::Immediate => 1,
        Priority::Bulk => 2,
    }
}

/// The priority from which a refused message goes to the tail of its lane.
pub(crate) const BULK: i16 = priority(Priority::Bulk);
