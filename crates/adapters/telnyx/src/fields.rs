//! Single members of Telnyx's JSON, as they can be kept: within bounds that no real value reaches, and
//! absent beyond them. Must not know which object a member belongs to.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::Value;
use sms_domain::message::{Media, Text};
use sms_domain::phone::PhoneNumber;

/// The longest id that we take for one, in bytes: Telnyx's are UUIDs.
const MAX_ID: usize = 200;

/// The longest name (of a kind of event, of an error, of a media type) that we keep, in characters.
pub(crate) const MAX_NAME: usize = 100;

/// The longest address of media that we keep, in characters.
const MAX_URL: usize = 2_000;

/// The most media and the most people that we read in one message; Telnyx sends 10 and 8.
const MAX_ITEMS: usize = 50;

/// The most segments that a message can have: what says more is no count.
pub(crate) const MAX_PARTS: u32 = 1_000;

/// How long before and after its arrival an event may have happened. What lies outside is no instant
/// but a defect, and would order a STOP before the START that it undoes.
const BEFORE: TimeDelta = TimeDelta::days(30);
const AFTER: TimeDelta = TimeDelta::days(1);

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// What can name something: no index keeps more, and no database NUL.
pub(crate) fn id(value: &Value) -> Option<&str> {
    let is_id = |id: &&str| (1..=MAX_ID).contains(&id.len()) && !id.chars().any(char::is_control);
    text(value, "id").filter(is_id)
}

/// At most so many characters, without NUL.
pub(crate) fn clean(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

/// The items of a list, or the one thing that stands in its place.
pub(crate) fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter().take(MAX_ITEMS)
}

/// Phone numbers as events write them, or bare. Short codes and names are none: they cannot be leads,
/// and are no numbers of ours.
pub(crate) fn addresses(value: Option<&Value>) -> impl Iterator<Item = PhoneNumber> {
    list(value).filter_map(|item| {
        let address = item.as_str().or_else(|| text(item, "phone_number"));
        PhoneNumber::parse(address?).ok()
    })
}

/// The document calls the digest `hash_sha256`, its examples `sha256`.
pub(crate) fn media(item: &Value) -> Option<Media> {
    let short = |field| text(item, field).map(|name| clean(name, MAX_NAME));
    Some(Media {
        url: Text::new(clean(text(item, "url")?, MAX_URL)),
        content_type: short("content_type"),
        size: item
            .get("size")
            .and_then(Value::as_i64)
            .filter(|size| *size >= 0),
        sha256: short("hash_sha256").or_else(|| short("sha256")),
    })
}

/// The instant, if something that arrived at `received_at` can have happened then.
pub(crate) fn plausible(at: DateTime<Utc>, received_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let age = received_at.signed_duration_since(at);
    (-AFTER <= age && age <= BEFORE).then_some(at)
}

/// An instant in whole microseconds, as ours are.
pub(crate) fn instant(value: &Value, field: &str) -> Option<DateTime<Utc>> {
    let parsed = DateTime::parse_from_rfc3339(text(value, field)?).ok()?;
    Some(parsed.to_utc().trunc_subsecs(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_long_before_or_after_its_arrival_is_none() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        for (at, is_believed) in [
            (now, true),
            (now - BEFORE, true),
            (now + AFTER, true),
            (now - BEFORE - TimeDelta::microseconds(1), false),
            (now + AFTER + TimeDelta::microseconds(1), false),
            (DateTime::<Utc>::MIN_UTC, false),
            (DateTime::<Utc>::MAX_UTC, false),
        ] {
            assert_eq!(plausible(at, now), is_believed.then_some(at), "{at}");
        }
    }
}
