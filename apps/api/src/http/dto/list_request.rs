//! What every list is asked with, in the published shapes. Which fields a list knows is not decided here.

use poem_openapi::Object;
use serde::Serialize;
use serde_json::Value;

use super::wire::{Name, Names, ScalarValue};
use crate::http::payload::{Fields, FromFields, parse};

/// Entries of each list in a request.
const MOST_ENTRIES: usize = 20;

/// One page of a list: which one, how long, in which order, and of which rows.
#[derive(Debug, Clone, Default, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestDataOptions {
    /// The most rows of the page: 50 when not given, at most 200; a larger one is cut to 200.
    #[oai(validator(minimum(value = "1")))]
    pub(crate) page_size: Option<i32>,
    /// The continuationToken of the page before; absent for the first page. The other members must be those of
    /// the first page, but for pageSize and includeCount.
    #[oai(nullable)]
    pub(crate) continuation_token: Option<String>,
    /// The order: at most one field, of those that the operation names.
    #[oai(nullable, validator(max_items = 1))]
    pub(crate) order_by: Option<Vec<OrderByOption>>,
    /// Whether the rows of all pages are counted.
    #[oai(nullable)]
    pub(crate) include_count: Option<bool>,
    /// A text that must occur in one of the searchFields, whatever its case.
    #[oai(nullable, validator(max_length = 500))]
    pub(crate) search: Option<String>,
    /// Where the text of search may occur; by default anywhere that the operation names.
    #[oai(nullable, validator(max_items = 20))]
    pub(crate) search_fields: Option<Vec<String>>,
    /// Fields that must equal a value, all of them.
    #[oai(nullable, validator(max_items = 20))]
    pub(crate) filters: Option<Vec<ExactMatchFilter>>,
    /// Fields that must lie in a range, all of them.
    #[oai(nullable, validator(max_items = 20))]
    pub(crate) range_filters: Option<Vec<RangeFilter>>,
}

/// A field to order a list by.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct OrderByOption {
    /// The name of the field.
    pub(crate) field: String,
    /// The direction; asc when not given.
    #[oai(nullable)]
    pub(crate) direction: Option<Name<Direction>>,
}

/// A field that must equal a value.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct ExactMatchFilter {
    /// The value: a text, a number, or true or false.
    pub(crate) value: ScalarValue,
    /// The name of the field.
    pub(crate) field: String,
}

/// A field that must lie in a range with a lower bound, an upper bound, or one of each.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct RangeFilter {
    /// The lower bound, which itself is out of the range.
    pub(crate) greater_than: Option<ScalarValue>,
    /// The lower bound, which itself is in the range.
    pub(crate) greater_than_or_equal: Option<ScalarValue>,
    /// The upper bound, which itself is out of the range.
    pub(crate) less_than: Option<ScalarValue>,
    /// The upper bound, which itself is in the range.
    pub(crate) less_than_or_equal: Option<ScalarValue>,
    /// The name of the field.
    pub(crate) field: String,
}

/// The direction of an order, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// From the lowest value to the highest.
    Asc,
    /// From the highest value to the lowest.
    Desc,
}

impl Names for Direction {
    fn names() -> Vec<&'static str> {
        vec!["asc", "desc"]
    }
}

impl std::str::FromStr for Direction {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "asc" => Ok(Self::Asc),
            "desc" => Ok(Self::Desc),
            _ => Err(()),
        }
    }
}

impl FromFields for RequestDataOptions {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let search_fields = fields.optional("searchFields", parse::strings);
        if search_fields
            .as_ref()
            .is_some_and(|names| names.len() > MOST_ENTRIES)
        {
            fields.reject(
                "searchFields",
                format!("must have at most {MOST_ENTRIES} entries"),
            );
        }
        let token = fields.optional("continuationToken", parse::string);
        Self {
            page_size: page_size(fields),
            // Some clients send an empty text for none.
            continuation_token: token.filter(|token| !token.is_empty()),
            order_by: Some(fields.list("orderBy", MOST_ENTRIES, order)),
            include_count: fields.optional("includeCount", parse::boolean),
            search: fields.optional("search", parse::string),
            search_fields,
            filters: Some(fields.list("filters", MOST_ENTRIES, filter)),
            range_filters: Some(fields.list("rangeFilters", MOST_ENTRIES, range)),
        }
    }
}

fn page_size(fields: &mut Fields<'_>) -> Option<i32> {
    let size = fields.optional("pageSize", parse::whole)?;
    if size < 1 {
        fields.reject("pageSize", "must be at least 1");
    }
    Some(i32::try_from(size).unwrap_or(i32::MAX))
}

fn order(fields: &mut Fields<'_>) -> OrderByOption {
    OrderByOption {
        field: fields.required("field", parse::string).unwrap_or_default(),
        direction: fields.optional("direction", parse::name).map(Name),
    }
}

fn filter(fields: &mut Fields<'_>) -> ExactMatchFilter {
    ExactMatchFilter {
        value: ScalarValue(
            fields
                .required("value", parse::scalar)
                .unwrap_or(Value::Null),
        ),
        field: fields.required("field", parse::string).unwrap_or_default(),
    }
}

fn range(fields: &mut Fields<'_>) -> RangeFilter {
    let mut bound = |name| fields.optional(name, parse::scalar).map(ScalarValue);
    RangeFilter {
        greater_than: bound("greaterThan"),
        greater_than_or_equal: bound("greaterThanOrEqual"),
        less_than: bound("lessThan"),
        less_than_or_equal: bound("lessThanOrEqual"),
        field: fields.required("field", parse::string).unwrap_or_default(),
    }
}
