//! The shapes of Telnyx's JSON. What we send is exact. What we read is read leniently: a field that is
//! missing, too large or of another type counts as absent, never as an error. Telnyx's documents and
//! examples disagree (statuses, line types and fields that the schema lacks), and a rejected event is
//! lost after a few delivery attempts.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sms_domain::carrier::ProviderError;
use sms_domain::content::{Media, Text};
use sms_domain::values::phone::PhoneNumber;

use crate::fields::{
    MAX_NAME, MAX_PARTS, addresses, clean, id, instant, list, media, plausible, text,
};

/// The longest stored error sentence, in characters.
const MAX_SENTENCE: usize = 300;

/// The body of `POST /messages`. A resend must repeat the same bytes, so the order of the fields is fixed.
#[derive(Serialize)]
pub(crate) struct SendRequest<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) messaging_profile_id: Option<&'a str>,
    /// Read by Telnyx when it takes the message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) media_urls: Vec<&'a str>,
    /// `MMS` with media; without it Telnyx chooses by the request.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<&'static str>,
    /// The message's webhook URL. The profile's webhook stays enabled (`use_profile_webhooks` defaults to
    /// true): after three failed tries at this URL Telnyx tries the profile's, which is ours as well.
    pub(crate) webhook_url: String,
}

/// A webhook's `data`.
pub(crate) struct Event<'a>(&'a Value);

/// A sent or received message, as in events and `GET /messages/{id}`.
pub(crate) struct Payload<'a>(&'a Value);

/// An entry of `GET /messaging_optouts`.
pub(crate) struct OptOutItem<'a>(&'a Value);

/// One of `errors[]`, in an answer or in a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WireError<'a> {
    pub(crate) code: String,
    title: &'a str,
    detail: &'a str,
    /// The JSON pointer to the faulty part of the request.
    pub(crate) pointer: &'a str,
}

impl<'a> Event<'a> {
    /// The event in a webhook's body, if any.
    pub(crate) fn of(body: &'a Value) -> Option<Self> {
        let event = Self(body.get("data")?);
        text(event.0, "event_type").map(|_| event)
    }

    pub(crate) fn event_type(&self) -> String {
        clean(text(self.0, "event_type").unwrap_or_default(), MAX_NAME)
    }

    pub(crate) fn id(&self) -> Option<&'a str> {
        id(self.0)
    }

    pub(crate) fn occurred_at(&self, received_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        plausible(instant(self.0, "occurred_at")?, received_at)
    }

    pub(crate) fn payload(&self) -> Payload<'a> {
        Payload(self.0.get("payload").unwrap_or(&Value::Null))
    }
}

impl<'a> Payload<'a> {
    /// The message in an API answer: under `data`, or at the top level as in some operations.
    pub(crate) fn of_answer(body: &'a Value) -> Self {
        Self(body.get("data").unwrap_or(body))
    }

    pub(crate) fn id(&self) -> Option<&'a str> {
        id(self.0)
    }

    pub(crate) fn is_inbound(&self) -> bool {
        text(self.0, "direction") == Some("inbound")
    }

    /// The status of the first recipient; we never send to several.
    pub(crate) fn status(&self) -> Option<&'a str> {
        text(self.recipient()?, "status")
    }

    pub(crate) fn from(&self) -> Option<PhoneNumber> {
        addresses(self.0.get("from")).next()
    }

    /// The recipients of a received message, without duplicates: one, or the members of a group.
    pub(crate) fn recipients(&self) -> Vec<PhoneNumber> {
        let mut all = Vec::new();
        for phone in addresses(self.0.get("to")).chain(addresses(self.0.get("cc"))) {
            if !all.contains(&phone) {
                all.push(phone);
            }
        }
        all
    }

    /// The text as received, except NUL, which no phone shows and Postgres cannot store.
    pub(crate) fn text(&self) -> Text {
        Text::new(clean(text(self.0, "text").unwrap_or_default(), usize::MAX))
    }

    /// The subject of an MMS, in the same form; `None` if it is empty.
    pub(crate) fn subject(&self) -> Option<Text> {
        let subject = clean(text(self.0, "subject")?, usize::MAX);
        (!subject.trim().is_empty()).then(|| Text::new(subject))
    }

    pub(crate) fn media(&self) -> Vec<Media> {
        list(self.0.get("media")).filter_map(media).collect()
    }

    pub(crate) fn messaging_profile(&self) -> Option<&'a str> {
        text(self.0, "messaging_profile_id").filter(|id| !id.is_empty())
    }

    pub(crate) fn parts(&self) -> Option<u32> {
        let parts = self.0.get("parts")?.as_u64()?.try_into().ok();
        parts.filter(|parts| *parts <= MAX_PARTS)
    }

    /// Whether Telnyx answered the keyword in the text itself. The field is documented, but not in the
    /// schema.
    pub(crate) fn has_autoresponse(&self) -> bool {
        text(self.0, "autoresponse_type").is_some_and(|kind| !kind.is_empty())
    }

    pub(crate) fn first_error(&self) -> Option<WireError<'a>> {
        errors(self.0).next()
    }

    pub(crate) fn instant(&self, field: &str) -> Option<DateTime<Utc>> {
        instant(self.0, field)
    }

    /// When Telnyx received a message that reached us at `at`.
    pub(crate) fn received_at(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        plausible(instant(self.0, "received_at")?, at)
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
    /// The account's number that was told to stop.
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
        let code = code
            .as_str()
            .map_or_else(|| code.to_string(), str::to_owned);
        Some(Self {
            code: clean(&code, MAX_NAME),
            title: text(value, "title").unwrap_or_default(),
            detail: text(value, "detail").unwrap_or_default(),
            pointer: text(source, "pointer").unwrap_or_default(),
        })
    }

    /// Title and detail as one sentence, with phone numbers masked, because people and logs see it.
    pub(crate) fn sentence(&self) -> String {
        let both = match (self.title, self.detail) {
            (title, "") => title.to_owned(),
            ("", detail) => detail.to_owned(),
            (title, detail) => format!("{title}: {detail}"),
        };
        clean(&masked(&both), MAX_SENTENCE)
    }

    pub(crate) fn to_provider_error(&self) -> ProviderError {
        ProviderError {
            code: self.code.clone(),
            message: self.sentence(),
        }
    }
}

/// The text with long runs of digits masked, except their last two digits.
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
        assert_eq!(payload.from(), None);
        assert_eq!((payload.media(), payload.subject()), (Vec::new(), None));
        assert_eq!((payload.status(), payload.parts()), (None, None));
        assert_eq!(payload.first_error(), None);
        assert!(!payload.has_autoresponse());
        assert_eq!(payload.instant("sent_at"), None);
    }

    #[test]
    fn ids_are_short_and_of_visible_characters() {
        for bad in [
            json!(""),
            json!("a\0b"),
            json!("x".repeat(201)),
            json!(["x"]),
        ] {
            assert_eq!(
                Payload::of_answer(&json!({ "id": bad })).id(),
                None,
                "{bad}"
            );
        }
        let longest = json!({ "id": "x".repeat(200) });
        assert!(Payload::of_answer(&longest).id().is_some());
    }

    #[test]
    fn everybody_in_a_group_is_found_once_wherever_they_stand() {
        let body = json!({
            "to": [{"phone_number": "+13055550100"}, {"phone_number": "72345"}, 7, "+13055550101"],
            "cc": [{"phone_number": "+13055550102"}, {"phone_number": "+13055550100"}],
        });
        let found = Payload::of_answer(&body).recipients();
        let found: Vec<_> = found.iter().map(PhoneNumber::as_str).collect();
        assert_eq!(found, ["+13055550100", "+13055550101", "+13055550102"]);
        let alone = json!({ "to": {"phone_number": "+13055550100"}, "cc": null });
        assert_eq!(Payload::of_answer(&alone).recipients().len(), 1);
    }

    #[test]
    fn media_are_read_by_either_name_of_their_digest() {
        let body = json!({ "media": [
            {"url": "https://x.example/1", "content_type": "image/png", "size": 7, "hash_sha256": "a"},
            {"url": "https://x.example/2", "size": -1, "sha256": "b"},
            {"content_type": "image/png"}, "https://x.example/3",
        ]});
        let media = Payload::of_answer(&body).media();
        let shown: Vec<_> = media
            .iter()
            .map(|item| (item.url.as_str(), item.size, item.sha256.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("https://x.example/1", Some(7), Some("a")),
                ("https://x.example/2", None, Some("b")),
            ]
        );
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
