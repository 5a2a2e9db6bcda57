//! `GET /v2/phone_numbers/messaging`: the numbers of the account, by number. The account has every number but
//! those that end in 0404.

use std::sync::Arc;

use poem::{Request, Response, handler, web::Data};
use serde_json::{Value, json};

use super::{answers, authorize};
use crate::{
    carrier::Carrier,
    problem::{ApiError, Problem},
};

/// The end of a number that the account does not have.
const MISSING: &str = "0404";

#[handler]
pub(super) fn list(request: &Request, Data(carrier): Data<&Arc<Carrier>>) -> Response {
    match page(request, carrier) {
        Ok(page) => answers::json(&page),
        Err(problem) => answers::problem(&problem),
    }
}

fn page(request: &Request, carrier: &Carrier) -> Result<Value, Problem> {
    authorize(request, carrier)?;
    let parameters = request
        .params::<Vec<(String, String)>>()
        .map_err(|error| ApiError::new(10015, error.to_string()))?;
    let wanted = parameters
        .iter()
        .filter(|(name, _)| name == "filter[phone_number]")
        .flat_map(|(_, value)| value.split(','));
    let found: Vec<Value> = wanted.filter(|phone| is_owned(phone)).map(number).collect();
    let count = found.len();
    Ok(json!({
        "data": found,
        "meta": { "total_pages": 1, "total_results": count, "page_number": 1, "page_size": 20 },
    }))
}

fn is_owned(phone: &str) -> bool {
    let digits = phone.strip_prefix('+').unwrap_or_default();
    let is_number = (8..=15).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    is_number && !digits.ends_with(MISSING)
}

fn number(phone: &str) -> Value {
    json!({
        "record_type": "messaging_settings",
        "id": phone.trim_start_matches('+'),
        "phone_number": phone,
        "messaging_profile_id": null,
        "type": "longcode",
        "features": {
            "sms": {
                "domestic_two_way": true, "international_inbound": true, "international_outbound": true,
            },
            "mms": {
                "domestic_two_way": true, "international_inbound": false, "international_outbound": false,
            },
        },
    })
}
