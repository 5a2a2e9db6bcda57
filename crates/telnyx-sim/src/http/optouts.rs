//! `GET /v2/messaging_optouts`: the active blocks, filtered and paged. As at Telnyx, only people add or
//! remove a block, by keyword.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::{Request, Response, handler, web::Data};
use serde::Serialize;

use super::{answers, authorize};
use crate::{
    carrier::Carrier,
    inbound::OptOut,
    payload::wire_time,
    problem::{ApiError, Problem},
};

const DEFAULT_PAGE: usize = 20;
const MAX_PAGE: usize = 250;

#[handler]
pub(super) fn list(request: &Request, Data(carrier): Data<&Arc<Carrier>>) -> Response {
    match page(request, carrier) {
        Ok(page) => answers::json(&page),
        Err(problem) => answers::problem(&problem),
    }
}

#[derive(Serialize)]
struct Page {
    data: Vec<Item>,
    meta: Meta,
}

#[derive(Serialize)]
struct Item {
    created_at: String,
    from: String,
    to: String,
    keyword: String,
    messaging_profile_id: String,
}

#[derive(Serialize)]
struct Meta {
    total_pages: usize,
    total_results: usize,
    page_size: usize,
    page_number: usize,
}

/// The query's parameters; unknown ones are ignored.
#[derive(Default)]
struct Query {
    profile: Option<String>,
    from: Option<String>,
    created_from: Option<DateTime<Utc>>,
    created_to: Option<DateTime<Utc>>,
    number: Option<usize>,
    size: Option<usize>,
    redacted: bool,
}

fn page(request: &Request, carrier: &Carrier) -> Result<Page, Problem> {
    authorize(request, carrier)?;
    let parameters = request
        .params::<Vec<(String, String)>>()
        .map_err(|error| ApiError::new(10015, error.to_string()))?;
    let query = Query::parse(&parameters)?;
    let mut items = carrier.store.opt_outs();
    items.retain(|item| query.matches(item));
    let (size, number) = (
        query.size.unwrap_or(DEFAULT_PAGE),
        query.number.unwrap_or(1),
    );
    let meta = Meta {
        total_pages: items.len().div_ceil(size),
        total_results: items.len(),
        page_size: size,
        page_number: number,
    };
    let shown = items
        .into_iter()
        .skip(size.saturating_mul(number - 1))
        .take(size);
    Ok(Page {
        data: shown.map(|item| query.item(item)).collect(),
        meta,
    })
}

impl Query {
    fn parse(parameters: &[(String, String)]) -> Result<Self, Problem> {
        let mut query = Self::default();
        for (name, value) in parameters {
            match name.as_str() {
                "filter[messaging_profile_id]" => query.profile = Some(value.clone()),
                "filter[from]" => query.from = Some(value.clone()),
                "created_at[gte]" => query.created_from = Some(instant(name, value)?),
                "created_at[lte]" => query.created_to = Some(instant(name, value)?),
                "page[number]" => query.number = Some(number(name, value, usize::MAX)?),
                "page[size]" => query.size = Some(number(name, value, MAX_PAGE)?),
                "redaction_enabled" => query.redacted = value == "true",
                _ => {}
            }
        }
        Ok(query)
    }

    fn matches(&self, item: &OptOut) -> bool {
        self.profile
            .as_ref()
            .is_none_or(|profile| *profile == item.messaging_profile_id)
            && self.from.as_ref().is_none_or(|from| *from == item.from)
            && self.created_from.is_none_or(|from| item.created_at >= from)
            && self.created_to.is_none_or(|to| item.created_at <= to)
    }

    fn item(&self, opt_out: OptOut) -> Item {
        let to = if self.redacted {
            redact(&opt_out.to)
        } else {
            opt_out.to
        };
        Item {
            created_at: wire_time(opt_out.created_at),
            from: opt_out.from,
            to,
            keyword: opt_out.keyword,
            messaging_profile_id: opt_out.messaging_profile_id,
        }
    }
}

fn instant(name: &str, value: &str) -> Result<DateTime<Utc>, Problem> {
    DateTime::parse_from_rfc3339(value)
        .map(|at| at.to_utc())
        .map_err(|_| {
            ApiError::new(10015, "Not an ISO 8601 instant.")
                .parameter(name)
                .into()
        })
}

fn number(name: &str, value: &str, max: usize) -> Result<usize, Problem> {
    let number = value
        .parse()
        .ok()
        .filter(|number| (1..=max).contains(number));
    number.ok_or_else(|| {
        ApiError::new(10033, "Not a number in range.")
            .parameter(name)
            .into()
    })
}

/// The number with its last four digits as asterisks, as in Telnyx's example.
fn redact(number: &str) -> String {
    let shown = number.len().saturating_sub(4);
    number
        .chars()
        .enumerate()
        .map(|(at, digit)| if at < shown { digit } else { '*' })
        .collect()
}
