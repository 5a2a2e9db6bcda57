//! The statements of a page.

use diesel::sql_types::{Jsonb, Nullable};
use serde_json::Value;
use sms_domain::ports::{FieldKind, ListPlace, ListValue, MOST_READ};
use uuid::Uuid;

use super::sql::{self, Conditions, ListStatement, Sql, conditions, order_by};
use super::table::Listed;
use crate::error::StoreError;
use crate::rows::RowRef;

type SqlUuid = diesel::sql_types::Uuid;

/// A row's columns, its id and its value in the order.
pub(crate) type ListRowSql<R> = (R, SqlUuid, Nullable<Jsonb>);

impl Listed<'_> {
    /// The rows of the page, and one more that tells whether there is another page.
    pub(super) fn statement<R>(&self, columns: &str) -> ListStatement<ListRowSql<R>> {
        let Conditions { inside, outside } = conditions(self);
        let mut sql = Sql::default();
        sql.text("SELECT ")
            .text(columns)
            .text(", ")
            .text(&self.key());
        sql.text(" FROM (");
        self.window(&mut sql, &inside, &format!("LIMIT {MOST_READ}"));
        sql.text(") AS ")
            .text(self.table.rows)
            .text(" ")
            .text(self.table.joins)
            .text(" ")
            .text(self.table.beside);
        sql.text(" WHERE true").all(&outside);
        sql.text(&order_by(self));
        sql.text(&format!(" LIMIT {}", self.query.size.saturating_add(1)));
        sql.finish()
    }

    /// The last row that the page may read; none if there are fewer.
    pub(super) fn end_of_window(&self) -> ListStatement<(SqlUuid, Nullable<Jsonb>)> {
        let mut sql = Sql::default();
        sql.text("SELECT ").text(&self.key()).text(" FROM (");
        let last = format!("OFFSET {} LIMIT 1", MOST_READ.saturating_sub(1));
        self.window(&mut sql, &conditions(self).inside, &last);
        sql.text(") AS ").text(self.table.rows);
        sql.finish()
    }

    /// Rows that an index finds, in order, up to a limit.
    pub(super) fn window(&self, sql: &mut Sql, inside: &Sql, limit: &str) {
        let rows = self.table.rows;
        sql.text("SELECT * FROM ");
        if let Some((column, value)) = &self.within.few {
            // Without OFFSET, the conditions outside could choose another index.
            sql.text("(SELECT * FROM ").text(rows);
            sql.text(" WHERE organization_id = ")
                .value(self.organization());
            sql.text(" AND ")
                .text(column)
                .text(" = ")
                .value(value.clone());
            sql.text(" OFFSET 0) AS ").text(rows);
        } else {
            sql.text(rows);
        }
        sql.text(" WHERE ").text(rows).text(".organization_id = ");
        sql.value(self.organization()).all(inside);
        sql.text(&order_by(self)).text(" ").text(limit);
    }

    fn organization(&self) -> ListValue {
        ListValue::Id(self.organization_id.as_uuid())
    }

    /// The columns of a row's place.
    fn key(&self) -> String {
        let rows = self.table.rows;
        let value = self.table.sorted_by(self.query.order);
        value.map_or_else(
            || format!("{rows}.id, NULL::jsonb"),
            |column| format!("{rows}.id, to_jsonb({column})"),
        )
    }

    /// Whether the page may end before it is full although there are more rows.
    pub(super) fn is_scanned(&self) -> bool {
        !conditions(self).outside.is_empty()
    }

    pub(super) fn place(&self, id: Uuid, value: Option<Value>) -> Result<ListPlace, StoreError> {
        let reading = RowRef {
            table: self.table.rows,
            id,
        };
        let field = self.table.listing.field(self.query.order.field);
        let kind = field.map_or(FieldKind::Text, |field| field.kind);
        let value = value.map(|value| sql::value(&reading, kind, value));
        Ok(ListPlace {
            value: value.transpose()?,
            id,
        })
    }
}
