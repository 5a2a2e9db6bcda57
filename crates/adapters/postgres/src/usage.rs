//! [`UsageRepository`] on Postgres.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{Unavailable, UsagePeriod, UsageRepository, UsageTotal};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::lists::ids_between;
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// The ids limit what is read, by the primary key.
    SumUsage {
        organization: SqlUuid = Uuid,
        first: SqlUuid = Uuid,
        end: SqlUuid = Uuid,
        from: Timestamptz = DateTime<Utc>,
        to: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> (Text, Nullable<Text>, Bool, BigInt, BigInt, BigInt);
    "WITH page AS MATERIALIZED (
         SELECT id, traffic, segments, quote, created_at,
             coalesce(options::jsonb ? 'media', false) AS is_mms FROM submissions
         WHERE organization_id = $organization AND id >= $first AND id < $end
         ORDER BY id LIMIT $most)
     SELECT page.traffic,
         CASE WHEN page.created_at >= $from AND page.created_at < $to THEN messages.billing_status END
             AS status,
         page.is_mms, count(*), coalesce(sum(page.segments), 0)::bigint, coalesce(sum(page.quote), 0)::bigint
     FROM page JOIN messages ON messages.organization_id = $organization AND messages.id = page.id
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
}

type Row = (String, Option<String>, bool, i64, i64, i64);

#[async_trait]
impl UsageRepository for Pg {
    async fn summed(
        &self,
        organization_id: OrganizationId,
        period: UsagePeriod,
    ) -> Result<Option<Vec<UsageTotal>>, Unavailable> {
        Ok(totals(self.sum_usage(organization_id, period).await?)?)
    }
}

impl Pg {
    async fn sum_usage(
        &self,
        organization_id: OrganizationId,
        period: UsagePeriod,
    ) -> Result<Vec<Row>, StoreError> {
        let UsagePeriod { from, to } = period;
        let (first, end) = ids_between(from, to);
        let mut connection = self.cold().await?;
        let statement = SumUsage {
            organization: organization_id.as_uuid(),
            first,
            end,
            from,
            to,
            most: i64::from(UsageTotal::MOST_SUMMED) + 1,
        };
        Ok(statement.load(&mut connection).await?)
    }
}

/// `None` = more messages were read than may be.
fn totals(rows: Vec<Row>) -> Result<Option<Vec<UsageTotal>>, StoreError> {
    let read: i64 = rows.iter().map(|(.., messages, _, _)| messages).sum();
    if read > i64::from(UsageTotal::MOST_SUMMED) {
        return Ok(None);
    }
    let totals = rows.into_iter().filter_map(|row| total(row).transpose());
    let totals: Result<_, ImpossibleRow> = totals.collect();
    Ok(Some(totals.map_err(StoreError::Row)?))
}

/// `None` = messages of another period, or without a price.
fn total(
    (traffic, status, is_mms, messages, segments, quoted): Row,
) -> Result<Option<UsageTotal>, ImpossibleRow> {
    let reading = RowRef {
        table: "messages",
        id: "of a period",
    };
    let Some(status) = reading.optional_name("billing_status", status.as_deref())? else {
        return Ok(None);
    };
    Ok(Some(UsageTotal {
        traffic: reading.name("traffic", &traffic)?,
        status,
        is_mms,
        messages: u32::try_from(messages).unwrap_or_default(),
        segments: u64::try_from(segments).unwrap_or_default(),
        quoted: Money::from_micros(quoted),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_messages_as_may_be_read_are_summed_and_one_more_is_too_many() {
        let summed = |unpriced: u32| {
            let charged = Some("charged".to_owned());
            let row = |status, messages| ("RealLead".to_owned(), status, false, messages, 1, 1);
            totals(vec![row(charged, 1), row(None, unpriced.into())]).unwrap()
        };
        let most = UsageTotal::MOST_SUMMED;
        assert_eq!(summed(most - 1).map(|totals| totals.len()), Some(1));
        assert_eq!(summed(most), None);
    }
}
