//! Interprets the answer to a call: accepted, certainly refused, or unknown.
//!
//! After a refusal a message may be retried or refunded, so a refusal counts only if Telnyx states it
//! in a readable form.

use chrono::{DateTime, Duration, Utc};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;
use sms_domain::carrier::{Limit, ProviderAnswer, ProviderError, Refusal, RefusalClass};

use crate::failure::{self, AnswerMeaning};
use crate::wire::{self, Payload, WireError};

/// The code of refusals that have no Telnyx code.
pub(crate) const NOT_SENT: &str = "not_sent";

/// Header with the seconds until Telnyx's rate limit resets.
const RATE_LIMIT_RESET: &str = "x-ratelimit-reset";

/// Longest wait that a header can cause. Other APIs send an instant instead of a span in such headers,
/// which would delay a message for years.
const LONGEST_WAIT: Duration = Duration::hours(1);

/// The outcome that an answer implies for the message. `now` is when the answer was read.
pub(crate) fn read(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> ProviderAnswer {
    let json = serde_json::from_slice::<Value>(body).unwrap_or_default();
    if status.is_success() {
        return acceptance(status, &json);
    }
    let error = telling_error(&json);
    let meaning = match &error {
        // A failing server may have taken the message before it failed.
        _ if status.is_server_error() => AnswerMeaning::Unknown,
        Some(error) if failure::is_listed(&error.code) => failure::answer_meaning(error),
        _ if status == StatusCode::TOO_MANY_REQUESTS => {
            AnswerMeaning::Refused(RefusalClass::SlowDown(Limit::Account))
        }
        Some(error) => failure::answer_meaning(error),
        None => AnswerMeaning::Unknown,
    };
    match meaning {
        AnswerMeaning::Refused(class) => ProviderAnswer::Refused(Refusal {
            class,
            error: named(status, error.as_ref()),
            retry_after: wait(status, headers, now),
        }),
        AnswerMeaning::Unknown => ProviderAnswer::Unknown {
            detail: described(status, error.as_ref()),
        },
    }
}

fn acceptance(status: StatusCode, json: &Value) -> ProviderAnswer {
    let payload = Payload::of_answer(json);
    match payload.id() {
        Some(id) => ProviderAnswer::Accepted {
            provider_message_id: id.to_owned(),
            parts: payload.parts(),
        },
        None => ProviderAnswer::Unknown {
            detail: format!("HTTP {} without a message id", status.as_u16()),
        },
    }
}

/// The first error with a known code, otherwise the first error.
fn telling_error(json: &Value) -> Option<WireError<'_>> {
    wire::errors(json)
        .find(|error| failure::is_listed(&error.code))
        .or_else(|| wire::errors(json).next())
}

fn named(status: StatusCode, error: Option<&WireError<'_>>) -> ProviderError {
    error.map_or_else(
        || ProviderError {
            code: NOT_SENT.to_owned(),
            message: described(status, None),
        },
        WireError::to_provider_error,
    )
}

fn described(status: StatusCode, error: Option<&WireError<'_>>) -> String {
    let status = status.as_u16();
    match error {
        Some(error) => format!("HTTP {status} with code {}", error.code),
        None => format!("HTTP {status} without an error that can be read"),
    }
}

/// How long the provider asks us to wait. Ordinary answers carry the rate-limit header too, so it
/// counts only with status 429.
fn wait(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let is_limited = status == StatusCode::TOO_MANY_REQUESTS;
    text(RETRY_AFTER.as_str())
        .and_then(|value| seconds(value).or_else(|| until(value, now)))
        .or_else(|| {
            text(RATE_LIMIT_RESET)
                .filter(|_| is_limited)
                .and_then(seconds)
        })
        .map(|wait| wait.clamp(Duration::zero(), LONGEST_WAIT))
}

fn seconds(value: &str) -> Option<Duration> {
    Duration::try_seconds(value.trim().parse::<u32>().ok()?.into())
}

/// The time until a date: `Retry-After` may be one (RFC 9110, 10.2.3).
fn until(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let at = DateTime::parse_from_rfc2822(value.trim()).ok()?;
    Some(at.signed_duration_since(now))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn answer(status: u16, body: &str) -> ProviderAnswer {
        answer_with(status, &[], body)
    }

    fn answer_with(
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &str,
    ) -> ProviderAnswer {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        read(
            StatusCode::from_u16(status).unwrap(),
            &headers,
            body.as_bytes(),
            NOW,
        )
    }

    fn errors(codes: &[&str]) -> String {
        let errors: Vec<Value> = codes
            .iter()
            .map(|code| json!({"code": code, "title": "A title"}))
            .collect();
        json!({ "errors": errors }).to_string()
    }

    fn refusal(answer: ProviderAnswer) -> Refusal {
        match answer {
            ProviderAnswer::Refused(refusal) => refusal,
            ProviderAnswer::Accepted { .. } | ProviderAnswer::Unknown { .. } => {
                panic!("not a refusal: {answer:?}")
            }
        }
    }

    fn unknown(answer: ProviderAnswer) -> String {
        match answer {
            ProviderAnswer::Unknown { detail } => detail,
            ProviderAnswer::Accepted { .. } | ProviderAnswer::Refused(_) => {
                panic!("not unknown: {answer:?}")
            }
        }
    }

    #[test]
    fn a_message_with_an_id_is_accepted() {
        let body = json!({"data": {"id": "m-1", "parts": 2, "to": [{"status": "queued"}]}});
        assert_eq!(
            answer(200, &body.to_string()),
            ProviderAnswer::Accepted {
                provider_message_id: "m-1".to_owned(),
                parts: Some(2),
            }
        );
    }

    #[test]
    fn a_success_that_names_no_message_is_unknown() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"data": {"id": ""}}"#,
            r#"{"data": []}"#,
        ] {
            assert_eq!(unknown(answer(200, body)), "HTTP 200 without a message id");
        }
    }

    #[test]
    fn a_server_error_is_unknown_whatever_code_it_carries() {
        assert_eq!(
            unknown(answer(500, &errors(&["40310"]))),
            "HTTP 500 with code 40310"
        );
        assert_eq!(
            unknown(answer(502, "<html>")),
            "HTTP 502 without an error that can be read"
        );
    }

    #[test]
    fn the_code_decides_and_not_the_status() {
        for status in [400, 401, 403, 404, 422, 429] {
            let refusal = refusal(answer(status, &errors(&["40310"])));
            assert_eq!(refusal.class, RefusalClass::Message, "{status}");
        }
        let spent = refusal(answer(429, &errors(&["40333"])));
        assert_eq!(spent.class, RefusalClass::SpendLimit);
    }

    #[test]
    fn a_refusal_carries_the_providers_code_and_sentence() {
        let refusal = refusal(answer(400, &errors(&["40310"])));
        assert_eq!(
            (refusal.error.code.as_str(), refusal.error.message.as_str()),
            ("40310", "A title")
        );
    }

    #[test]
    fn too_many_requests_pass_even_without_a_known_code() {
        for body in ["", "<html>", &errors(&["99999"])] {
            let refusal = refusal(answer(429, body));
            let too_many = RefusalClass::SlowDown(Limit::Account);
            assert_eq!(refusal.class, too_many, "{body}");
        }
        assert_eq!(refusal(answer(429, "")).error.code, NOT_SENT);
    }

    #[test]
    fn a_refusal_that_cannot_be_read_is_unknown() {
        for (status, body) in [
            (403, "<html>"),
            (400, "{}"),
            (404, r#"{"errors": []}"#),
            (302, ""),
        ] {
            unknown(answer(status, body));
        }
    }

    #[test]
    fn a_key_in_use_or_used_for_other_bytes_is_unknown() {
        unknown(answer(409, &errors(&["10036"])));
        unknown(answer(422, &errors(&["10027"])));
    }

    #[test]
    fn of_several_errors_one_that_we_know_decides() {
        let refusal = refusal(answer(422, &errors(&["99999", "40305"])));
        assert_eq!(refusal.class, RefusalClass::Number);
    }

    #[test]
    fn the_wait_is_read_from_either_header() {
        for (headers, seconds) in [
            (&[][..], None),
            (&[("retry-after", "7")], Some(7)),
            (&[("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT")], Some(9)),
            (&[("retry-after", "Wed, 31 Dec 1969 23:59:00 GMT")], Some(0)),
            (&[("x-ratelimit-reset", "30")], Some(30)),
            (
                &[("x-ratelimit-reset", "30"), ("retry-after", "7")],
                Some(7),
            ),
            (
                &[("x-ratelimit-reset", "30"), ("retry-after", "soon")],
                Some(30),
            ),
            (&[("x-ratelimit-reset", "1792600000")], Some(3600)),
        ] {
            let refusal = refusal(answer_with(429, headers, &errors(&["10011"])));
            assert_eq!(
                refusal.retry_after,
                seconds.map(Duration::seconds),
                "{headers:?}"
            );
        }
    }

    #[test]
    fn the_rate_limits_header_means_nothing_in_other_refusals() {
        let headers = [("x-ratelimit-reset", "30")];
        let refusal = refusal(answer_with(400, &headers, &errors(&["40318"])));
        assert_eq!(refusal.retry_after, None);
    }
}
