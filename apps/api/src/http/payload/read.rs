//! Reading a body: its declared type, its size, the time it takes.

use std::sync::Arc;

use poem::http::{HeaderMap, header};
use poem::{Request, RequestBody, Result};
use sms_domain::ports::Clock;

use crate::http::envelope::RequestContext;
use crate::http::extractor_state::ExtractorState;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::server::Connection;

/// Refuses a body that is not declared as JSON in UTF-8 without content coding.
pub(super) fn require_json(request: &Request) -> Result<(), Problem> {
    let is_coded = request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_coded || !request.content_type().is_some_and(is_json) {
        return Err(Problem::new(ProblemKind::UnsupportedMediaType));
    }
    Ok(())
}

/// `application/json`, `text/json` or a type with the suffix `+json`; UTF-8 is the only charset.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let is_json = matches!(essence.as_str(), "application/json" | "text/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    is_json
        && parts.all(|parameter| match parameter.strip_prefix("charset=") {
            Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
            None => true,
        })
}

/// Reads a body of at most `limit` bytes within the configured time.
///
/// # Errors
/// 413, 408, or 400 when the connection breaks off.
pub(crate) async fn read_body(
    request: &Request,
    body: &mut RequestBody,
    http: &ExtractorState,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    if declared_length(request.headers()).is_some_and(|length| length > limit) {
        return Err(Problem::new(ProblemKind::PayloadTooLarge));
    }
    let _reading = RequestContext::of(request)?.reading_body();
    let bytes = body.take()?.into_bytes_limit(limit);
    let _waits = request
        .data::<Arc<Connection>>()
        .map(Connection::awaits_body);
    let clock: &dyn Clock = http.clock.as_ref();
    let deadline = clock.now() + http.limits.body_time;
    tokio::select! {
        biased;
        bytes = bytes => Ok(bytes?.into()),
        () = clock.sleep_until(deadline) => Err(Problem::new(ProblemKind::RequestTimeout)),
    }
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_goes_by_three_names_and_one_charset() {
        for good in [
            "application/json",
            "Application/JSON; Charset=UTF-8",
            "text/json",
            "application/vnd.api+json",
            "application/json; charset=\"utf-8\"; version=1",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonp",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
