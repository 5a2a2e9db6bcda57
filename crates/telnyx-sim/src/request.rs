//! The body of `POST /v2/messages`, validated as the published schema and the error catalogue describe.
//! All faults are reported, not only the first.

use serde_json::{Map, Value};

use crate::{
    parts::{self, MAX_PARTS},
    problem::{ApiError, Problem},
};

/// Telnyx's limit for a webhook URL (code 10003).
const MAX_URL: usize = 2000;
/// Telnyx's limit for the number of media (code 40317).
const MAX_MEDIA: usize = 10;

/// A well-formed request to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendRequest {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) subject: Option<String>,
    pub(crate) media_urls: Vec<String>,
    pub(crate) messaging_profile_id: Option<String>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) webhook_failover_url: Option<String>,
    pub(crate) use_profile_webhooks: bool,
}

impl SendRequest {
    /// Parses a body.
    ///
    /// # Errors
    /// Every fault found in it.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(body)
            .map_err(|_| ApiError::new(10028, "The request's body is not UTF-8."))?;
        let value: Value = serde_json::from_str(text)
            .map_err(|error| ApiError::new(10023, format!("The body is not JSON: {error}.")))?;
        let Value::Object(fields) = value else {
            return Err(ApiError::new(10015, "The body must be an object.").into());
        };
        let mut reader = Reader {
            fields,
            errors: Vec::new(),
        };
        let request = reader.send_request();
        match Problem::from_errors(reader.errors) {
            Some(problem) => Err(problem),
            None => Ok(request),
        }
    }
}

/// Takes fields out of the object and collects their faults.
struct Reader {
    fields: Map<String, Value>,
    errors: Vec<ApiError>,
}

impl Reader {
    fn send_request(&mut self) -> SendRequest {
        let request = SendRequest {
            to: self.recipient(),
            from: self.sender(),
            messaging_profile_id: self.text_of("messaging_profile_id"),
            text: self.text_of("text").unwrap_or_default(),
            subject: self.text_of("subject"),
            media_urls: self.media_urls(),
            webhook_url: self.url("webhook_url"),
            webhook_failover_url: self.url("webhook_failover_url"),
            use_profile_webhooks: self.flag("use_profile_webhooks").unwrap_or(true),
        };
        self.flag("auto_detect");
        self.one_of("encoding", &["auto", "gsm7", "ucs2"]);
        if self.fields.get("send_at").is_some_and(|at| !at.is_null()) {
            self.fail(
                10027,
                "send_at",
                "The simulator does not schedule messages.",
            );
        }
        self.check_content(&request);
        if request.from.is_empty() && request.messaging_profile_id.is_some() {
            self.fail(
                40321,
                "messaging_profile_id",
                "The simulated profile has no number pool.",
            );
        }
        request
    }

    fn recipient(&mut self) -> String {
        let Some(to) = self.required("to") else {
            return String::new();
        };
        if !is_e164(&to) {
            self.fail(10016, "to", "The recipient must be + and up to 15 digits.");
        }
        to
    }

    /// The sender. With a profile, a missing sender means the profile's number pool. Must be read before
    /// the profile is taken out.
    fn sender(&mut self) -> String {
        let from = if self
            .fields
            .get("messaging_profile_id")
            .is_some_and(Value::is_string)
        {
            self.text_of("from").unwrap_or_default()
        } else {
            self.required("from").unwrap_or_default()
        };
        if !from.is_empty() && !is_e164(&from) && !is_short_code(&from) && !is_alphanumeric(&from) {
            self.fail(40305, "from", "The sender is no number of the profile.");
        }
        from
    }

    fn check_content(&mut self, request: &SendRequest) {
        let kind = self.one_of("type", &["SMS", "MMS"]);
        if request.text.is_empty() && request.media_urls.is_empty() {
            self.fail(40316, "text", "Neither text nor media were given.");
        }
        if kind.as_deref() == Some("SMS") && !request.media_urls.is_empty() {
            self.fail(40304, "media_urls", "An SMS cannot carry media.");
        }
        if request.media_urls.len() > MAX_MEDIA {
            self.fail(40317, "media_urls", "More than 10 media.");
        }
        let size = parts::count(&request.text).count;
        if request.media_urls.is_empty() && size > MAX_PARTS {
            self.fail(
                40302,
                "text",
                &format!("The text takes {size} parts, at most {MAX_PARTS}."),
            );
        }
    }

    fn required(&mut self, field: &'static str) -> Option<String> {
        if self.fields.get(field).is_none_or(Value::is_null) {
            self.fail(10004, field, &format!("`{field}` is required."));
            return None;
        }
        self.text_of(field)
    }

    fn text_of(&mut self, field: &'static str) -> Option<String> {
        match self.fields.remove(field)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.fail(10026, field, &format!("`{field}` must be a string."));
                None
            }
        }
    }

    fn flag(&mut self, field: &'static str) -> Option<bool> {
        match self.fields.remove(field)? {
            Value::Null => None,
            Value::Bool(flag) => Some(flag),
            Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.fail(10026, field, &format!("`{field}` must be a boolean."));
                None
            }
        }
    }

    fn one_of(&mut self, field: &'static str, values: &[&str]) -> Option<String> {
        let value = self.text_of(field)?;
        if !values.contains(&value.as_str()) {
            self.fail(
                10032,
                field,
                &format!("`{field}` must be one of {}.", values.join(", ")),
            );
        }
        Some(value)
    }

    fn url(&mut self, field: &'static str) -> Option<String> {
        let url = self.text_of(field)?;
        self.check_url(field, &url);
        Some(url)
    }

    fn media_urls(&mut self) -> Vec<String> {
        let Some(value) = self
            .fields
            .remove("media_urls")
            .filter(|value| !value.is_null())
        else {
            return Vec::new();
        };
        let Ok(urls) = serde_json::from_value::<Vec<String>>(value) else {
            self.fail(
                10026,
                "media_urls",
                "`media_urls` must be an array of strings.",
            );
            return Vec::new();
        };
        urls.iter()
            .for_each(|url| self.check_url("media_urls", url));
        urls
    }

    fn check_url(&mut self, field: &'static str, url: &str) {
        let parsed = reqwest::Url::parse(url).ok();
        let usable = parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https"));
        if !usable || url.len() > MAX_URL {
            self.fail(
                10003,
                field,
                "Not an http(s) URL of at most 2000 characters.",
            );
        }
    }

    fn fail(&mut self, code: u32, field: &'static str, detail: &str) {
        self.errors.push(ApiError::new(code, detail).at(field));
    }
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_short_code(number: &str) -> bool {
    (5..=8).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_alphanumeric(sender: &str) -> bool {
    (1..=11).contains(&sender.len())
        && sender
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && sender.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(body: &Value) -> Result<SendRequest, Vec<(u32, String)>> {
        SendRequest::parse(body.to_string().as_bytes()).map_err(|problem| {
            let errors = std::iter::once(problem.first).chain(problem.more);
            let place = |error: ApiError| {
                (
                    error.code,
                    serde_json::to_string(&error.source).unwrap_or_default(),
                )
            };
            errors.map(place).collect()
        })
    }

    /// The fault codes of a valid request after `change`.
    fn faults(change: Value) -> Vec<u32> {
        let mut body = json!({"to": "+12025550123", "from": "+13125550001", "text": "hi"});
        let Value::Object(change) = change else {
            panic!("not an object")
        };
        for (field, value) in change {
            body[field] = value;
        }
        parse(&body)
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|(code, _)| code)
            .collect()
    }

    #[test]
    fn a_good_request_is_read_with_its_defaults() {
        let request =
            parse(&json!({"to": "+12025550123", "from": "+13125550001", "text": "hi"})).unwrap();
        assert_eq!(request.text, "hi");
        assert!(request.use_profile_webhooks);
        assert_eq!(request.webhook_url, None);
    }

    #[test]
    fn every_fault_is_reported_with_its_place() {
        let errors = parse(&json!({"to": 5, "webhook_url": "nowhere"})).unwrap_err();
        let expected = [
            (10026, r#"{"pointer":"/to"}"#),
            (10004, r#"{"pointer":"/from"}"#),
            (10003, r#"{"pointer":"/webhook_url"}"#),
            (40316, r#"{"pointer":"/text"}"#),
        ];
        let errors: Vec<_> = errors
            .iter()
            .map(|(code, place)| (*code, place.as_str()))
            .collect();
        assert!(
            errors.iter().all(|error| expected.contains(error)),
            "{errors:?}"
        );
        assert!(
            expected.iter().all(|error| errors.contains(error)),
            "{errors:?}"
        );
    }

    #[test]
    fn each_rule_has_its_code() {
        assert_eq!(faults(json!({"to": "2025550123"})), [10016]);
        assert_eq!(faults(json!({"to": null})), [10004]);
        assert_eq!(faults(json!({"from": "3125550001x!"})), [40305]);
        assert_eq!(faults(json!({"text": ""})), [40316]);
        assert_eq!(faults(json!({"text": "a".repeat(1531)})), [40302]);
        assert_eq!(faults(json!({"type": "FAX"})), [10032]);
        assert_eq!(faults(json!({"encoding": "utf8"})), [10032]);
        assert_eq!(
            faults(json!({"type": "SMS", "media_urls": ["http://x.test/a"]})),
            [40304]
        );
        assert_eq!(
            faults(json!({"media_urls": vec!["http://x.test/a"; 11]})),
            [40317]
        );
        assert_eq!(faults(json!({"media_urls": "http://x.test/a"})), [10026]);
        assert_eq!(
            faults(json!({"webhook_url": format!("http://x.test/{}", "a".repeat(2000))})),
            [10003]
        );
        assert_eq!(faults(json!({"use_profile_webhooks": "yes"})), [10026]);
        assert_eq!(faults(json!({"send_at": "2026-01-01T00:00:00Z"})), [10027]);
        assert_eq!(
            faults(json!({"from": null, "messaging_profile_id": "p"})),
            [40321]
        );
        assert_eq!(faults(json!({"unknown": 1})), [0_u32; 0]);
    }

    #[test]
    fn bodies_that_are_no_object_are_refused() {
        let code = |body: &[u8]| SendRequest::parse(body).unwrap_err().first.code;
        assert_eq!(code(b"{"), 10023);
        assert_eq!(code(b""), 10023);
        assert_eq!(code(b"[]"), 10015);
        assert_eq!(code(b"\xff"), 10028);
    }
}
