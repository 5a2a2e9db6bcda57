//! How many rows all pages of a list have, among at most [`MOST_READ`].

use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::ports::{ListQuery, MOST_READ};

use super::sql::{ListStatement, Sql, conditions};
use super::table::Listed;
use crate::error::StoreError;

/// Counts; [`MOST_READ`] stands for as many or more. `None` if there are more rows than may be read and a
/// condition that only reading them decides.
pub(super) async fn count(
    connection: &mut AsyncPgConnection,
    listed: &Listed<'_>,
) -> Result<Option<u32>, StoreError> {
    let whole = ListQuery {
        after: None,
        ..listed.query.clone()
    };
    let whole = Listed {
        query: &whole,
        ..*listed
    };
    let (read, found) = whole
        .counting()
        .get_result::<(i64, i64)>(connection)
        .await?;
    let (read, found) = (u32::try_from(read), u32::try_from(found));
    let (read, found) = (read.unwrap_or(u32::MAX), found.unwrap_or(u32::MAX));
    let is_complete = read <= MOST_READ;
    let is_counted = is_complete || !whole.is_scanned();
    Ok(is_counted.then_some(found.min(MOST_READ)))
}

impl Listed<'_> {
    /// The rows that are read, and those among them that belong to the list.
    pub(super) fn counting(&self) -> ListStatement<(BigInt, BigInt)> {
        let found = conditions(self);
        let mut sql = Sql::default();
        sql.text("SELECT count(*), count(*) FILTER (WHERE true")
            .all(&found.outside);
        sql.text(") FROM (");
        self.window(
            &mut sql,
            &found.inside,
            &format!("LIMIT {}", MOST_READ.saturating_add(1)),
        );
        sql.text(") AS ")
            .text(self.table.rows)
            .text(" ")
            .text(self.table.joins);
        sql.finish()
    }
}
