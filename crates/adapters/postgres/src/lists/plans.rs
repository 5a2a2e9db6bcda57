//! For tests that look at how much a list reads: every question that a listing allows, and what its plan read.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::sql_types::Json;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;
use sms_domain::ports::{
    FieldKind, ListBound, ListField, ListFilter, ListOrder, ListPlace, ListQuery, ListRange,
    ListSearch, ListValue, Listing, MOST_READ,
};
use sms_testkit::fixtures::noon;
use uuid::Uuid;

use super::PLANS;
use super::sql::{ListStatement, Sql};
use super::table::Listed;

/// Questions with each order, each filter, each pair of filters, all filters, a search, a later page; every one
/// that needs a range of time has one.
pub(crate) fn questions(listing: &'static Listing) -> Vec<ListQuery> {
    let filters: Vec<_> = listing
        .fields
        .iter()
        .filter(|field| field.filter.is_some())
        .collect();
    let plain = || plain(listing);
    let mut questions = vec![plain()];
    for field in listing.fields.iter().filter(|field| field.is_sortable) {
        for is_descending in [true, false] {
            let order = ListOrder {
                field: field.name,
                is_descending,
            };
            let value = (listing.time != Some(field.name)).then(|| value(field));
            let after = Some(ListPlace {
                value,
                id: Uuid::from_u128(1 << 127),
            });
            questions.push(ListQuery { order, ..plain() });
            questions.push(ListQuery {
                order,
                after,
                ..plain()
            });
        }
    }
    for (place, one) in filters.iter().enumerate() {
        for other in filters.iter().skip(place) {
            let mut query = plain();
            query.filters.push(equal(one));
            if one.name != other.name {
                query.filters.push(equal(other));
            }
            questions.push(query);
        }
    }
    questions.push(ListQuery {
        filters: filters.iter().map(|field| equal(field)).collect(),
        ..plain()
    });
    let fields = listing.names(|field| field.is_searchable);
    if !fields.is_empty() {
        let text = "nowhere".to_owned();
        questions.push(ListQuery {
            search: Some(ListSearch { text, fields }),
            ..plain()
        });
    }
    questions
}

fn plain(listing: &'static Listing) -> ListQuery {
    let ranges = listing.time.into_iter().map(|field| ListRange {
        field,
        from: Some(ListBound {
            value: ListValue::Instant(noon() - TimeDelta::days(1)),
            is_inclusive: true,
        }),
        to: None,
    });
    ListQuery {
        filters: Vec::new(),
        ranges: ranges.collect(),
        search: None,
        order: listing.order,
        after: None,
        size: 50,
        counts: true,
    }
}

fn equal(field: &ListField) -> ListFilter {
    ListFilter {
        field: field.name,
        value: value(field),
    }
}

/// A value that no row has.
fn value(field: &ListField) -> ListValue {
    match field.kind {
        FieldKind::Text | FieldKind::OneOf(_) | FieldKind::Phone => {
            ListValue::Text("none".to_owned())
        }
        FieldKind::Id => ListValue::Id(Uuid::nil()),
        FieldKind::Instant => ListValue::Instant(noon()),
        FieldKind::Number => ListValue::Number(-1),
        FieldKind::Flag => ListValue::Flag(false),
    }
}

/// Runs a page's statements, and checks that none of them read more rows of a table than a page may.
pub(crate) async fn assert_budget(
    connection: &mut AsyncPgConnection,
    listed: &Listed<'_>,
    columns: &str,
) {
    let most = f64::from(MOST_READ) + 1.0;
    let statements = [
        explained(&listed.statement::<Json>(columns).sql),
        explained(&listed.end_of_window().sql),
        explained(&listed.counting().sql),
    ];
    for statement in statements {
        let plan = connection.transaction(async |connection| {
            connection.batch_execute(PLANS).await?;
            statement.get_result::<Value>(connection).await
        });
        let mut reads = BTreeMap::new();
        sum(&plan.await.unwrap()[0]["Plan"], &mut reads);
        for (table, rows) in reads {
            assert!(
                rows <= most,
                "{rows} rows of {table} for {:?}",
                listed.query
            );
        }
    }
}

fn explained(sql: &Sql) -> ListStatement<Json> {
    let mut explained = Sql::default();
    explained
        .text("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ")
        .all(sql);
    explained.finish()
}

/// The rows that were read of each table, whether they were used or not.
fn sum(node: &Value, reads: &mut BTreeMap<String, f64>) {
    if let Some(table) = node["Relation Name"].as_str() {
        let number = |name: &str| node[name].as_f64().unwrap_or_default();
        let rows = number("Actual Rows")
            + number("Rows Removed by Filter")
            + number("Rows Removed by Index Recheck");
        *reads.entry(table.to_owned()).or_default() += rows * number("Actual Loops");
        let kind = node["Node Type"].as_str().unwrap_or_default();
        let is_large = [
            "submissions",
            "messages",
            "leads",
            "lead_details",
            "suppressions",
        ]
        .contains(&table);
        assert!(
            !(is_large && kind == "Seq Scan"),
            "all rows of {table} are read"
        );
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        sum(child, reads);
    }
}
