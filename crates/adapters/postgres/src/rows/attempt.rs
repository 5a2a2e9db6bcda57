//! Rows of `attempts`.

use chrono::{DateTime, Utc};
use sms_domain::carrier::RequestBody;
use sms_domain::message::{Attempt, AttemptMoney};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef, evidence, integer};
use crate::statement::{Columns, rows};

/// The SQL types of [`AttemptRow`].
pub(crate) type AttemptSql = <AttemptRow as Columns>::Sql;

rows! {
    /// One call to the provider.
    AttemptRow, AttemptArrays of attempts {
        organization_id: Uuid,
        message_id: Uuid,
        number: i32,
        idempotency_key: String,
        provider_account: String,
        started_at: DateTime<Utc>,
        calls: i32,
        is_void: bool,
        request: Option<Vec<u8>>,
        evidence: Option<Vec<u8>>,
        provider_message_id: Option<String>,
        money: String,
    }
}

impl AttemptRow {
    pub(crate) fn new(attempt: &Attempt) -> Self {
        Self {
            organization_id: attempt.organization_id.as_uuid(),
            message_id: attempt.message_id.as_uuid(),
            number: integer(attempt.number),
            idempotency_key: attempt.idempotency_key.clone(),
            provider_account: attempt.account.as_str().to_owned(),
            started_at: attempt.started_at,
            calls: integer(attempt.calls),
            is_void: attempt.is_void,
            request: attempt.request.as_ref().map(|request| request.0.clone()),
            evidence: evidence::encode(&attempt.evidence),
            provider_message_id: attempt.evidence.provider_message_id().map(str::to_owned),
            money: money(attempt.money).to_owned(),
        }
    }
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = ImpossibleRow;

    fn try_from(row: AttemptRow) -> Result<Self, ImpossibleRow> {
        let id = format!("{} #{}", row.message_id, row.number);
        let reading = RowRef {
            table: "attempts",
            id,
        };
        Ok(Self {
            organization_id: OrganizationId::new(row.organization_id),
            message_id: MessageId::new(row.message_id),
            number: reading.count("number", row.number)?,
            idempotency_key: row.idempotency_key,
            account: ProviderAccount::new(row.provider_account),
            started_at: row.started_at,
            calls: reading.count("calls", row.calls)?,
            is_void: row.is_void,
            request: row.request.map(RequestBody),
            evidence: evidence::decode(&reading, row.evidence.as_deref())?,
            money: read_money(&reading, &row.money)?,
        })
    }
}

const fn money(money: AttemptMoney) -> &'static str {
    match money {
        AttemptMoney::None => "none",
        AttemptMoney::Charged => "charged",
        AttemptMoney::Refunded => "refunded",
        AttemptMoney::Recharged => "recharged",
    }
}

fn read_money(reading: &RowRef<String>, name: &str) -> Result<AttemptMoney, ImpossibleRow> {
    [
        AttemptMoney::None,
        AttemptMoney::Charged,
        AttemptMoney::Refunded,
        AttemptMoney::Recharged,
    ]
    .into_iter()
    .find(|candidate| money(*candidate) == name)
    .ok_or_else(|| reading.impossible("money", format!("is {name:?}")))
}
