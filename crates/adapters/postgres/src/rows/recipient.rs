//! Rows of `recipients`: recent messages as four arrays, one element per message.

use chrono::{DateTime, Utc};
use diesel::Queryable;
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz};
use sms_domain::facts::RecentSend;
use sms_domain::values::ids::MessageId;
use uuid::Uuid;

/// The SQL types of [`RecipientRow`].
pub(crate) type RecipientSql = (
    BigInt,
    Array<diesel::sql_types::Uuid>,
    Array<Timestamptz>,
    Array<BigInt>,
    Array<Bool>,
);

/// A recipient's row without its key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable)]
pub(crate) struct RecipientRow {
    pub(crate) version: i64,
    pub(crate) recent_ids: Vec<Uuid>,
    pub(crate) recent_at: Vec<DateTime<Utc>>,
    pub(crate) recent_hash: Vec<i64>,
    pub(crate) recent_counted: Vec<bool>,
}

impl RecipientRow {
    /// A row at a version.
    pub(crate) fn new(version: i64, recent: impl Iterator<Item = RecentSend>) -> Self {
        let mut row = Self {
            version,
            ..Self::default()
        };
        for sent in recent {
            row.recent_ids.push(sent.message_id.as_uuid());
            row.recent_at.push(sent.at);
            row.recent_hash.push(sent.text_hash);
            row.recent_counted.push(sent.is_counted);
        }
        row
    }

    /// The recent messages. A CHECK of the table keeps the arrays at one length.
    pub(crate) fn recent(&self) -> impl Iterator<Item = RecentSend> {
        let when = self.recent_ids.iter().zip(&self.recent_at);
        let what = self.recent_hash.iter().zip(&self.recent_counted);
        when.zip(what)
            .map(|((id, at), (text_hash, is_counted))| RecentSend {
                message_id: MessageId::new(*id),
                at: *at,
                text_hash: *text_hash,
                is_counted: *is_counted,
            })
    }
}
