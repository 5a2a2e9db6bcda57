//! The parts of a list's statement: text and bound values, conditions, and the order.

use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::Pg as PgBackend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use serde_json::Value;
use sms_domain::ports::{FieldKind, ListBound, ListFilter, ListPlace, ListRange, ListValue};
use uuid::Uuid;

use super::table::{Column, Listed};
use crate::rows::{ImpossibleRow, RowRef};

/// How far the instant in an id may be from the instant in its row: clocks are set, and differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// A piece of a statement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sql(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Value(ListValue),
}

impl Sql {
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push(Part::Text(text.to_owned()));
        self
    }

    pub(crate) fn value(&mut self, value: ListValue) -> &mut Self {
        self.0.push(Part::Value(value));
        self
    }

    pub(crate) fn all(&mut self, other: &Self) -> &mut Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn finish<R>(self) -> ListStatement<R> {
        ListStatement {
            sql: self,
            row: PhantomData,
        }
    }
}

/// A statement that is made at run time, and returns rows of these SQL types.
pub(crate) struct ListStatement<R> {
    pub(super) sql: Sql,
    row: PhantomData<fn() -> R>,
}

impl<R> Query for ListStatement<R> {
    type SqlType = R;
}

impl<R: 'static> QueryId for ListStatement<R> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<R> QueryFragment<PgBackend> for ListStatement<R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, PgBackend>) -> QueryResult<()> {
        // There are more statements than a connection should remember.
        out.unsafe_to_cache_prepared();
        for part in &self.sql.0 {
            match part {
                Part::Text(text) => out.push_sql(text),
                Part::Value(ListValue::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Part::Value(ListValue::Id(id)) => {
                    out.push_bind_param::<diesel::sql_types::Uuid, _>(id)?;
                }
                Part::Value(ListValue::Instant(at)) => {
                    out.push_bind_param::<Timestamptz, _>(at)?;
                }
                Part::Value(ListValue::Number(number)) => {
                    out.push_bind_param::<BigInt, _>(number)?;
                }
                Part::Value(ListValue::Flag(flag)) => out.push_bind_param::<Bool, _>(flag)?,
            }
        }
        Ok(())
    }
}

/// What a row must fulfil: by the index that orders the list, and otherwise.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) inside: Sql,
    pub(super) outside: Sql,
}

pub(super) fn conditions(listed: &Listed<'_>) -> Conditions {
    let mut found = Conditions::default();
    if let Some(after) = &listed.query.after {
        found.after(listed, after);
    }
    for (sql, value) in &listed.within.equal {
        equal(&mut found.outside, sql, value);
    }
    for (text, value) in &listed.within.also {
        found.outside.text(text);
        if let Some(value) = value {
            found.outside.value(value.clone());
        }
    }
    for ListFilter { field, value } in &listed.query.filters {
        match listed.table.column(field) {
            Column::Indexed(sql) => equal(&mut found.inside, sql, value),
            Column::TimeOfId(sql) | Column::Expression(sql) => {
                equal(&mut found.outside, sql, value);
            }
        }
    }
    for range in &listed.query.ranges {
        found.range(listed, range);
    }
    if let Some(search) = &listed.query.search {
        let sql = &mut found.outside;
        sql.text(" AND (false");
        for field in &search.fields {
            let column = listed.table.column(field).sql();
            sql.text(" OR position(lower(")
                .value(ListValue::Text(search.text.clone()));
            sql.text(") IN lower(").text(column).text(")) > 0");
        }
        sql.text(")");
    }
    found
}

impl Conditions {
    /// Rows after a place.
    fn after(&mut self, listed: &Listed<'_>, after: &ListPlace) {
        let (rows, id) = (listed.table.rows, ListValue::Id(after.id));
        let compared = if listed.query.order.is_descending {
            " < "
        } else {
            " > "
        };
        let sql = &mut self.inside;
        match (listed.table.sorted_by(listed.query.order), &after.value) {
            (Some(column), Some(value)) => {
                sql.text(" AND (")
                    .text(column)
                    .text(", ")
                    .text(rows)
                    .text(".id)");
                sql.text(compared).text("(").value(value.clone());
                sql.text(", ").value(id).text(")");
            }
            _ => {
                sql.text(" AND ")
                    .text(rows)
                    .text(".id")
                    .text(compared)
                    .value(id);
            }
        }
    }

    fn range(&mut self, listed: &Listed<'_>, range: &ListRange) {
        let column = listed.table.column(range.field);
        if let Column::TimeOfId(_) = column {
            self.ids(listed.table.rows, range);
        }
        let sql = match column {
            Column::Indexed(_) => &mut self.inside,
            Column::TimeOfId(_) | Column::Expression(_) => &mut self.outside,
        };
        for (bound, exclusive, inclusive) in
            [(&range.from, " > ", " >= "), (&range.to, " < ", " <= ")]
        {
            if let Some(ListBound {
                value,
                is_inclusive,
            }) = bound
            {
                let compared = if *is_inclusive { inclusive } else { exclusive };
                sql.text(" AND ")
                    .text(column.sql())
                    .text(compared)
                    .value(value.clone());
            }
        }
    }

    /// The ids that were made in a range of time, and a little more.
    fn ids(&mut self, rows: &str, range: &ListRange) {
        let from = instant(range.from.as_ref()).map(first_id_from);
        let to = instant(range.to.as_ref()).map(end_id_to);
        for (id, compared) in [(from, " >= "), (to, " < ")] {
            if let Some(id) = id {
                let sql = self.inside.text(" AND ").text(rows).text(".id");
                sql.text(compared).value(ListValue::Id(id));
            }
        }
    }
}

fn equal(sql: &mut Sql, column: &str, value: &ListValue) {
    sql.text(" AND ")
        .text(column)
        .text(" = ")
        .value(value.clone());
}

fn instant(bound: Option<&ListBound>) -> Option<DateTime<Utc>> {
    if let ListValue::Instant(at) = bound?.value {
        Some(at)
    } else {
        None
    }
}

/// The ids of what was made from an instant on and before another one, and of a little more: the first, and the first
/// after them.
pub(crate) fn ids_between(from: DateTime<Utc>, to: DateTime<Utc>) -> (Uuid, Uuid) {
    (first_id_from(from), end_id_to(to))
}

fn first_id_from(at: DateTime<Utc>) -> Uuid {
    first_id(at - CLOCKS_DIFFER)
}

fn end_id_to(at: DateTime<Utc>) -> Uuid {
    first_id(at + CLOCKS_DIFFER)
}

/// The lowest id of version 7 of an instant: its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7).
fn first_id(at: DateTime<Utc>) -> Uuid {
    let milliseconds = u128::try_from(at.timestamp_millis()).unwrap_or_default();
    Uuid::from_u128(milliseconds << 80)
}

/// ORDER BY of a list.
pub(super) fn order_by(listed: &Listed<'_>) -> String {
    let order = listed.query.order;
    let (rows, direction) = (
        listed.table.rows,
        if order.is_descending { " DESC" } else { "" },
    );
    let column = listed.table.sorted_by(order);
    let column = column
        .map(|column| format!("{column}{direction}, "))
        .unwrap_or_default();
    format!(" ORDER BY {column}{rows}.id{direction}")
}

/// A row's value in the order, from its JSON.
pub(super) fn value(
    reading: &RowRef<Uuid>,
    kind: FieldKind,
    value: Value,
) -> Result<ListValue, ImpossibleRow> {
    let read = match kind {
        FieldKind::Text | FieldKind::OneOf(_) | FieldKind::Phone => {
            serde_json::from_value(value).map(ListValue::Text)
        }
        FieldKind::Id => serde_json::from_value(value).map(ListValue::Id),
        FieldKind::Instant => serde_json::from_value(value).map(ListValue::Instant),
        FieldKind::Number => serde_json::from_value(value).map(ListValue::Number),
        FieldKind::Flag => serde_json::from_value(value).map(ListValue::Flag),
    };
    read.map_err(|_| reading.impossible("order", "is not of the kind of its field"))
}
