//! How a resource is listed: its table, its fields in SQL, and one question about it.

use sms_domain::ports::{ListOrder, ListQuery, ListValue, Listing};
use sms_domain::values::ids::OrganizationId;

/// How the rows of one resource are read.
pub(crate) struct ListTable {
    /// The fields of the list.
    pub(crate) listing: &'static Listing,
    /// The table. It has the columns organization_id and id, and an index over both.
    pub(crate) rows: &'static str,
    /// What the fields look at besides the row: joins that drop no row and add none.
    pub(crate) joins: &'static str,
    /// What only the columns of a page look at: more such joins.
    pub(crate) beside: &'static str,
    /// The fields of the listing, in SQL.
    pub(crate) columns: &'static [(&'static str, Column)],
}

/// A field in SQL.
pub(crate) enum Column {
    /// The instant in which ids of version 7 were made: the order of the ids is its order.
    TimeOfId(&'static str),
    /// A column that is never null, with an index over organization, column and id.
    Indexed(&'static str),
    /// An expression over the row and what belongs to it.
    Expression(&'static str),
}

impl Column {
    pub(super) const fn sql(&self) -> &'static str {
        match self {
            Self::TimeOfId(sql) | Self::Indexed(sql) | Self::Expression(sql) => sql,
        }
    }
}

impl ListTable {
    pub(super) fn column(&self, field: &str) -> &Column {
        let mut columns = self.columns.iter();
        let found = columns.find(|(name, _)| *name == field);
        // A contract test compares the columns of each table with the fields of its listing.
        found.map_or(&Column::Expression("NULL"), |(_, column)| column)
    }

    /// The column of an order; `None` = the ids are the order.
    pub(super) fn sorted_by(&self, order: ListOrder) -> Option<&'static str> {
        match self.column(order.field) {
            Column::Indexed(sql) => Some(sql),
            Column::TimeOfId(_) | Column::Expression(_) => None,
        }
    }
}

/// Which rows of a table a list is about, besides its organization.
#[derive(Default)]
pub(crate) struct Within {
    /// A column with an index of its own, and its value: so few rows that all of them are read and sorted.
    pub(crate) few: Option<(&'static str, ListValue)>,
    /// Expressions that must equal a value.
    pub(crate) equal: Vec<(&'static str, ListValue)>,
    /// Further conditions, each behind its AND: pieces of text, each with the value that is bound behind it.
    pub(crate) also: Vec<(String, Option<ListValue>)>,
}

/// One question about a table.
pub(crate) struct Listed<'a> {
    pub(crate) table: &'a ListTable,
    pub(crate) organization_id: OrganizationId,
    pub(crate) within: &'a Within,
    pub(crate) query: &'a ListQuery,
}
