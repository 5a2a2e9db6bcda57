//! One question about a list, and one page of its answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A question about a list that was found sound: every field is one of the listing's, every value of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListQuery {
    /// Fields that must equal a value.
    pub filters: Vec<ListFilter>,
    /// Fields that must lie in a range.
    pub ranges: Vec<ListRange>,
    /// A text that must occur.
    pub search: Option<ListSearch>,
    /// The order.
    pub order: ListOrder,
    /// The last row of the page before.
    #[serde(skip)]
    pub after: Option<ListPlace>,
    /// The most rows of the page.
    #[serde(skip)]
    pub size: u32,
    /// Whether the rows of all pages are to be counted.
    #[serde(skip)]
    pub counts: bool,
}

/// A field that must equal a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListFilter {
    pub field: &'static str,
    pub value: ListValue,
}

/// A field that must lie in a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListRange {
    pub field: &'static str,
    /// The lower bound.
    pub from: Option<ListBound>,
    /// The upper bound.
    pub to: Option<ListBound>,
}

/// The end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListBound {
    pub value: ListValue,
    /// Whether the value itself lies in the range.
    pub is_inclusive: bool,
}

/// A text that must occur in one of some fields, whatever its case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListSearch {
    pub text: String,
    pub fields: Vec<&'static str>,
}

/// The order of a list. Rows that are equal in it are in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ListOrder {
    pub field: &'static str,
    pub is_descending: bool,
}

/// A value that a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListValue {
    /// A text, the name of an enum or a phone number in E.164.
    Text(String),
    /// An id.
    Id(Uuid),
    /// An instant.
    Instant(DateTime<Utc>),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
}

/// A place in a list: its row's value in the order, unless the ids are the order, and its row's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPlace {
    pub value: Option<ListValue>,
    pub id: Uuid,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` = this is the last one.
    pub next: Option<ListPlace>,
    /// The rows of all pages, if they were asked for: [`MOST_READ`](super::MOST_READ) stands for as many or
    /// more. `None` = they could not be counted within [`MOST_READ`](super::MOST_READ) rows.
    pub count: Option<u32>,
}

impl<T> ListPage<T> {
    /// The same page of something else, without the rows that `change` leaves out.
    pub fn filter_map<U>(self, change: impl FnMut(T) -> Option<U>) -> ListPage<U> {
        ListPage {
            items: self.items.into_iter().filter_map(change).collect(),
            next: self.next,
            count: self.count,
        }
    }

    /// The same page of something else.
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn try_map<U, E>(self, change: impl FnMut(T) -> Result<U, E>) -> Result<ListPage<U>, E> {
        let items: Result<_, E> = self.items.into_iter().map(change).collect();
        Ok(ListPage {
            items: items?,
            next: self.next,
            count: self.count,
        })
    }
}
