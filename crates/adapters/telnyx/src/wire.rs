//! The shapes of Telnyx's JSON. What we send is exact; what we read is read leniently, because
//! Telnyx's documents and its own examples disagree (statuses, line types and fields that the
//! schema does not have), and because an event that is turned away is lost after a few tries: a
//! field that is missing or of another type is absent, never an error.
//! Must not know what any value means.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::Serialize;
use serde_json::Value;
use sms_domain::message::ProviderError;

/// The longest error sentence that we keep, in characters.
const MAX_SENTENCE: usize = 300;

/// `POST /messages`. The order of the fields is part of the bytes that a resend repeats.
#[derive(Serialize)]
pub(crate) struct SendRequest<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) messaging_profile_id: Option<&'a str>,
    /// The profile's own webhook stays switched on (`use_profile_webhooks` is true unless given):
    /// Telnyx gives up after three tries at this URL and then tries the profile's, which is ours
    /// as well.
    pub(crate) webhook_url: String,
}

/// A webhook's `data`.
pub(crate) struct Event<'a>(&'a Value);

/// A message as events and `GET /messages/{id}` show it, sent or received.
pub(crate) struct Payload<'a>(&'a Value);

/// An entry of `GET /messaging_optouts`.
pub(crate) struct OptOutItem<'a>(&'a Value);

/// One of `errors[]`, in an answer or in a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WireError<'a> {
    pub(crate) code: String,
    title: &'a str,
    detail: &'a str,
    /// The JSON pointer to what is wrong in the request.
    pub(crate) pointer: &'a str,
}

impl<'a> Event<'a> {
    /// The event in a webhook's body; `None` if the body holds none.
    pub(crate) fn of(body: &'a Value) -> Option<Self> {
        let event = Self(body.get("data")?);
        text(event.0, "event_type").map(|_| event)
    }

    pub(crate) fn event_type(&self) -> &'a str {
        text(self.0, "event_type").unwrap_or_default()
    }

    pub(crate) fn id(&self) -> Option<&'a str> {
        text(self.0, "id").filter(|id| !id.is_empty())
    }

    pub(crate) fn occurred_at(&self) -> Option<DateTime<Utc>> {
        instant(self.0, "occurred_at")
    }

    pub(crate) fn payload(&self) -> Payload<'a> {
        Payload(self.0.get("payload").unwrap_or(&Value::Null))
    }
}

impl<'a> Payload<'a> {
    /// The message in an API answer: under `data`, or bare as some operations answer.
    pub(crate) fn of_answer(body: &'a Value) -> Self {
        Self(body.get("data").unwrap_or(body))
    }

    pub(crate) fn id(&self) -> Option<&'a str> {
        text(self.0, "id").filter(|id| !id.is_empty())
    }

    pub(crate) fn is_inbound(&self) -> bool {
        text(self.0, "direction") == Some("inbound")
    }

    /// The first recipient's status; we never send to several.
    pub(crate) fn status(&self) -> Option<&'a str> {
        text(self.recipient()?, "status")
    }

    pub(crate) fn from(&self) -> Option<&'a str> {
        text(self.0.get("from")?, "phone_number")
    }

    pub(crate) fn to(&self) -> Option<&'a str> {
        text(self.recipient()?, "phone_number")
    }

    pub(crate) fn text(&self) -> Option<&'a str> {
        text(self.0, "text")
    }

    pub(crate) fn parts(&self) -> Option<u32> {
        self.0.get("parts")?.as_u64()?.try_into().ok()
    }

    /// Telnyx answered the keyword in the text itself. Documented, but not in the schema.
    pub(crate) fn has_autoresponse(&self) -> bool {
        text(self.0, "autoresponse_type").is_some_and(|kind| !kind.is_empty())
    }

    pub(crate) fn first_error(&self) -> Option<WireError<'a>> {
        errors(self.0).next()
    }

    pub(crate) fn instant(&self, field: &str) -> Option<DateTime<Utc>> {
        instant(self.0, field)
    }

    /// When the recipient's status last changed.
    pub(crate) fn status_changed_at(&self) -> Option<DateTime<Utc>> {
        instant(self.recipient()?, "updated_at")
    }

    fn recipient(&self) -> Option<&'a Value> {
        self.0.get("to")?.get(0)
    }
}

/// The entries of a page of opt-outs.
pub(crate) fn opt_outs(page: &Value) -> impl Iterator<Item = OptOutItem<'_>> {
    let list = page.get("data").and_then(Value::as_array);
    list.into_iter().flatten().map(OptOutItem)
}

impl<'a> OptOutItem<'a> {
    /// The account's number.
    pub(crate) fn from(&self) -> Option<&'a str> {
        text(self.0, "from")
    }

    /// The person.
    pub(crate) fn to(&self) -> Option<&'a str> {
        text(self.0, "to")
    }

    pub(crate) fn profile(&self) -> Option<&'a str> {
        text(self.0, "messaging_profile_id")
    }

    pub(crate) fn created_at(&self) -> Option<DateTime<Utc>> {
        instant(self.0, "created_at")
    }
}

/// The errors of an answer or payload, without those that have no code.
pub(crate) fn errors(body: &Value) -> impl Iterator<Item = WireError<'_>> {
    let list = body.get("errors").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(WireError::of)
}

impl<'a> WireError<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        let code = value.get("code")?;
        let source = value.get("source").unwrap_or(&Value::Null);
        Some(Self {
            code: code
                .as_str()
                .map_or_else(|| code.to_string(), str::to_owned),
            title: text(value, "title").unwrap_or_default(),
            detail: text(value, "detail").unwrap_or_default(),
            pointer: text(source, "pointer").unwrap_or_default(),
        })
    }

    /// Title and detail as one sentence, phone numbers masked: people and logs see it.
    pub(crate) fn sentence(&self) -> String {
        let both = match (self.title, self.detail) {
            (title, "") => title.to_owned(),
            ("", detail) => detail.to_owned(),
            (title, detail) => format!("{title}: {detail}"),
        };
        masked(&both).chars().take(MAX_SENTENCE).collect()
    }

    pub(crate) fn to_provider_error(&self) -> ProviderError {
        ProviderError {
            code: self.code.clone(),
            message: self.sentence(),
        }
    }
}

/// The text with all but the last two digits of longer runs of digits hidden.
fn masked(text: &str) -> String {
    const SHORTEST_NUMBER: usize = 7;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let (run, after) = digits.split_at(end);
        out.push_str(before);
        if run.len() < SHORTEST_NUMBER {
            out.push_str(run);
        } else {
            let (hidden, shown) = run.split_at(run.len() - 2);
            out.extend(hidden.chars().map(|_| '*'));
            out.push_str(shown);
        }
        rest = after;
    }
    out + rest
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// An instant in whole microseconds, as ours are.
fn instant(value: &Value, field: &str) -> Option<DateTime<Utc>> {
    let parsed = DateTime::parse_from_rfc3339(text(value, field)?).ok()?;
    Some(parsed.to_utc().trunc_subsecs(6))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_another_type_are_absent() {
        let body = json!({
            "id": 7, "to": "+13055550100", "from": [], "parts": "one", "errors": {"code": "1"},
            "autoresponse_type": null, "sent_at": "yesterday",
        });
        let payload = Payload::of_answer(&body);
        assert_eq!(payload.id(), None);
        assert_eq!((payload.to(), payload.from()), (None, None));
        assert_eq!((payload.status(), payload.parts()), (None, None));
        assert_eq!(payload.first_error(), None);
        assert!(!payload.has_autoresponse());
        assert_eq!(payload.instant("sent_at"), None);
    }

    #[test]
    fn a_code_may_be_a_number() {
        let body = json!({"errors": [{"title": "no code"}, {"code": 40310}]});
        let codes: Vec<String> = errors(&body).map(|error| error.code).collect();
        assert_eq!(codes, ["40310"]);
    }

    #[test]
    fn phone_numbers_in_an_error_are_masked() {
        let body = json!({"errors": [{
            "code": "40300", "title": "Blocked",
            "detail": "From +13055550142 to +13055550143 in 24 hours.",
        }]});
        let error = errors(&body).next().unwrap();
        assert_eq!(
            error.sentence(),
            "Blocked: From +*********42 to +*********43 in 24 hours."
        );
    }

    #[test]
    fn a_sentence_is_cut_at_its_limit() {
        let body = json!({"errors": [{"code": "1", "title": "é".repeat(1000)}]});
        let sentence = errors(&body).next().unwrap().sentence();
        assert_eq!(sentence.chars().count(), MAX_SENTENCE);
    }
}
