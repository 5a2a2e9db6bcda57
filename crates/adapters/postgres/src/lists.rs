//! Lists, page by page: one statement for every resource, made of the resource's table and the question.
//!
//! A page is read by its key: the rows after the last one of the page before, in the order of an index, so that
//! a later page costs what the first one costs. Conditions that no index serves are looked at among at most
//! [`MOST_READ`](sms_domain::ports::MOST_READ) rows; a page that found too few of them ends there.

mod count;
mod page;
#[cfg(test)]
pub(crate) mod plans;
mod sql;
mod table;

use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;
use sms_domain::ports::ListPage;
use uuid::Uuid;

use self::page::ListRowSql;
use self::sql::ListStatement;
pub(crate) use self::sql::ids_between;
pub(crate) use self::table::{Column, ListTable, Listed, Within};
use crate::error::StoreError;
use crate::pg::Pg;

/// Plans that do not depend on statistics, as those of the queue: rows are read in the order of an index.
const PLANS: &str = "SET LOCAL jit = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; \
    SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;";

impl Pg {
    /// A page of rows with these columns.
    pub(crate) async fn list<R, Row>(
        &self,
        listed: &Listed<'_>,
        columns: &str,
    ) -> Result<ListPage<Row>, StoreError>
    where
        Row: Send + 'static,
        ListStatement<ListRowSql<R>>:
            LoadQuery<'static, AsyncPgConnection, (Row, Uuid, Option<Value>)>,
        R: Send + 'static,
    {
        let mut connection = self.cold().await?;
        let page = connection.transaction(async |connection| {
            connection.batch_execute(PLANS).await?;
            page(connection, listed, columns).await
        });
        page.await
    }
}

async fn page<R, Row>(
    connection: &mut AsyncPgConnection,
    listed: &Listed<'_>,
    columns: &str,
) -> Result<ListPage<Row>, StoreError>
where
    Row: Send + 'static,
    ListStatement<ListRowSql<R>>: LoadQuery<'static, AsyncPgConnection, (Row, Uuid, Option<Value>)>,
    R: Send + 'static,
{
    let count = if listed.query.counts {
        count::count(connection, listed).await?
    } else {
        None
    };
    let size = usize::try_from(listed.query.size).unwrap_or(usize::MAX);
    let mut rows: Vec<(Row, Uuid, Option<Value>)> =
        listed.statement(columns).load(connection).await?;
    let next = if rows.len() > size {
        rows.truncate(size);
        rows.last().map(|(_, id, value)| (*id, value.clone()))
    } else if listed.is_scanned() && listed.within.few.is_none() {
        listed.end_of_window().load(connection).await?.pop()
    } else {
        None
    };
    let next = next
        .map(|(id, value)| listed.place(id, value))
        .transpose()?;
    Ok(ListPage {
        items: rows.into_iter().map(|(row, ..)| row).collect(),
        next,
        count,
    })
}
