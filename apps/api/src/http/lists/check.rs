//! Checks a request for a list against what its resource may be asked. Every fault is found in one pass.

use chrono::{DateTime, Utc};
use sms_domain::ports::{
    LONGEST_SEARCH, ListBound, ListField, ListFilter, ListOrder, ListQuery, ListRange, ListSearch,
    ListValue, Listing, Reach,
};

use super::values;
use crate::http::dto::{Direction, RangeFilter, RequestDataOptions, ScalarValue};
use crate::http::problem::FieldErrors;

/// Rows of a page when the request does not say.
const USUAL_SIZE: u32 = 50;

/// The most rows of a page.
const MOST_ROWS: u32 = 200;

/// The question of a request.
///
/// # Errors
/// What is at fault, field by field.
pub(super) fn checked(
    listing: &Listing,
    options: &RequestDataOptions,
    now: DateTime<Utc>,
) -> Result<ListQuery, FieldErrors> {
    let mut check = Check {
        listing,
        errors: FieldErrors::default(),
    };
    let size = options.page_size.and_then(|size| u32::try_from(size).ok());
    let query = ListQuery {
        order: check.order(options),
        filters: check.filters(options),
        ranges: check.ranges(options),
        search: check.search(options),
        after: None,
        size: size.unwrap_or(USUAL_SIZE).clamp(1, MOST_ROWS),
        counts: options.include_count.unwrap_or_default(),
    };
    if check.errors.is_empty() {
        check.limit_time(&query, now);
    }
    if check.errors.is_empty() {
        Ok(query)
    } else {
        Err(check.errors)
    }
}

struct Check<'a> {
    listing: &'a Listing,
    errors: FieldErrors,
}

impl Check<'_> {
    fn order(&mut self, options: &RequestDataOptions) -> ListOrder {
        let asked = options.order_by.as_deref().unwrap_or_default();
        if asked.len() > 1 {
            self.errors.add("orderBy", "must have at most one field");
        }
        let Some(first) = asked.first() else {
            return self.listing.order;
        };
        let field = self.field("orderBy[0]", &first.field, |field| field.is_sortable);
        field.map_or(self.listing.order, |field| ListOrder {
            field: field.name,
            is_descending: first
                .direction
                .is_some_and(|name| name.0 == Direction::Desc),
        })
    }

    fn filters(&mut self, options: &RequestDataOptions) -> Vec<ListFilter> {
        let mut found: Vec<ListFilter> = Vec::new();
        for (place, asked) in options.filters.iter().flatten().enumerate() {
            let at = format!("filters[{place}]");
            let Some(field) = self.field(&at, &asked.field, |field| field.filter.is_some()) else {
                continue;
            };
            if found.iter().any(|filter| filter.field == field.name) {
                self.errors
                    .add(format!("{at}.field"), "is filtered by more than once");
            }
            if let Some(value) = self.value(field, format!("{at}.value"), &asked.value.0) {
                found.push(ListFilter {
                    field: field.name,
                    value,
                });
            }
        }
        found
    }

    fn ranges(&mut self, options: &RequestDataOptions) -> Vec<ListRange> {
        let mut found: Vec<ListRange> = Vec::new();
        for (place, asked) in options.range_filters.iter().flatten().enumerate() {
            let at = format!("rangeFilters[{place}]");
            let Some(field) = self.field(&at, &asked.field, |field| field.has_ranges) else {
                continue;
            };
            if found.iter().any(|range| range.field == field.name) {
                self.errors
                    .add(format!("{at}.field"), "is limited more than once");
            }
            let (from, to) = self.bounds(field, &at, asked);
            if from.is_none() && to.is_none() && !self.errors.has(&at) {
                self.errors.add(at, "must have a lower or an upper bound");
            }
            found.push(ListRange {
                field: field.name,
                from,
                to,
            });
        }
        found
    }

    fn bounds(
        &mut self,
        field: &ListField,
        at: &str,
        asked: &RangeFilter,
    ) -> (Option<ListBound>, Option<ListBound>) {
        let from = [
            ("greaterThan", &asked.greater_than, false),
            ("greaterThanOrEqual", &asked.greater_than_or_equal, true),
        ];
        let to = [
            ("lessThan", &asked.less_than, false),
            ("lessThanOrEqual", &asked.less_than_or_equal, true),
        ];
        (self.bound(field, at, from), self.bound(field, at, to))
    }

    /// The one of two bounds that is given.
    fn bound(
        &mut self,
        field: &ListField,
        at: &str,
        bounds: [(&str, &Option<ScalarValue>, bool); 2],
    ) -> Option<ListBound> {
        let mut given = bounds
            .into_iter()
            .filter_map(|(name, value, is_inclusive)| {
                Some((name, &value.as_ref()?.0, is_inclusive))
            });
        let (name, value, is_inclusive) = given.next()?;
        if let Some((other, ..)) = given.next() {
            let message = format!("must not be given beside {name}");
            self.errors.add(format!("{at}.{other}"), message);
        }
        let value = self.value(field, format!("{at}.{name}"), value)?;
        Some(ListBound {
            value,
            is_inclusive,
        })
    }

    fn search(&mut self, options: &RequestDataOptions) -> Option<ListSearch> {
        let text = options
            .search
            .as_deref()
            .filter(|text| !text.trim().is_empty())?;
        let searchable = self.listing.names(|field| field.is_searchable);
        if searchable.is_empty() {
            self.errors.add("search", "is not possible in this list");
            return None;
        }
        let asked = options.search_fields.as_deref().unwrap_or_default();
        let mut fields = Vec::new();
        for (place, name) in asked.iter().enumerate() {
            let at = format!("searchFields[{place}]");
            match searchable.iter().find(|known| *known == name) {
                Some(known) => fields.push(*known),
                None => self.errors.add(at, unknown(&searchable)),
            }
        }
        let raw = serde_json::Value::from(text.trim()).to_string();
        match values::text(&raw) {
            Ok(ListValue::Text(text)) => Some(ListSearch {
                text,
                fields: if asked.is_empty() { searchable } else { fields },
            }),
            Ok(_) => None,
            Err(message) => {
                self.errors.add("search", message);
                None
            }
        }
    }

    /// The field of a name, if it may be used in this way.
    fn field(
        &mut self,
        at: &str,
        name: &str,
        is_usable: impl Fn(&ListField) -> bool,
    ) -> Option<&'static ListField> {
        let field = self.listing.field(name).filter(|field| is_usable(field));
        if field.is_none() {
            let message = unknown(&self.listing.names(is_usable));
            self.errors.add(format!("{at}.field"), message);
        }
        field
    }

    fn value(
        &mut self,
        field: &ListField,
        at: String,
        value: &serde_json::Value,
    ) -> Option<ListValue> {
        match values::read(field.kind, value) {
            Ok(value) => Some(value),
            Err(message) => {
                self.errors.add(at, message);
                None
            }
        }
    }

    /// What no index finds is looked for in a limited time only.
    fn limit_time(&mut self, query: &ListQuery, now: DateTime<Utc>) {
        let Some(time) = self.listing.time else {
            return;
        };
        let reach = |filter: &ListFilter| self.listing.field(filter.field)?.filter;
        let reaches: Vec<_> = query.filters.iter().filter_map(reach).collect();
        let scans = query.search.is_some() || reaches.contains(&Reach::Scan);
        if scans && !reaches.contains(&Reach::Index) && !is_short(query, time, now) {
            let days = LONGEST_SEARCH.num_days();
            let message = format!(
                "must limit {time} to at most {days} days, as there is a search or a filter that no index serves"
            );
            self.errors.add("rangeFilters", message);
        }
    }
}

fn unknown(known: &[&str]) -> String {
    if known.is_empty() {
        return "names nothing: no field of this list can be used here".to_owned();
    }
    format!("must be one of {}", known.join(", "))
}

/// Whether the question is about a short time; one without an end ends now.
fn is_short(query: &ListQuery, time: &str, now: DateTime<Utc>) -> bool {
    let instant = |bound: Option<&ListBound>| {
        if let ListValue::Instant(at) = bound?.value {
            Some(at)
        } else {
            None
        }
    };
    let range = query.ranges.iter().find(|range| range.field == time);
    let from = range.and_then(|range| instant(range.from.as_ref()));
    let to = range
        .and_then(|range| instant(range.to.as_ref()))
        .unwrap_or(now);
    from.is_some_and(|from| to.signed_duration_since(from) <= LONGEST_SEARCH)
}
