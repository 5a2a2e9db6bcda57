//! Single members of Telnyx's JSON, bounded for storage. No real value reaches the bounds; a value beyond
//! them counts as absent.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::Value;
use sms_domain::content::{Media, Text};
use sms_domain::values::phone::PhoneNumber;

/// The longest accepted id, in bytes. Telnyx's ids are UUIDs.
const MAX_ID: usize = 200;

/// The longest stored name (event type, error, media type), in characters.
pub(crate) const MAX_NAME: usize = 100;

/// The longest stored media URL, in characters.
const MAX_URL: usize = 2_000;

/// The most media files and the most people read from one message; Telnyx sends at most 10 and 8.
const MAX_ITEMS: usize = 50;

/// The highest plausible segment count; a higher number is ignored.
pub(crate) const MAX_PARTS: u32 = 1_000;

/// How long before and after its arrival an event may have happened. An instant outside this range is a
/// defect, and could order a STOP before the START that it undoes.
const BEFORE: TimeDelta = TimeDelta::days(30);
const AFTER: TimeDelta = TimeDelta::days(1);

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// A usable id: short enough for an index, and without control characters, since Postgres stores no NUL.
pub(crate) fn id(value: &Value) -> Option<&str> {
    let is_id = |id: &&str| (1..=MAX_ID).contains(&id.len()) && !id.chars().any(char::is_control);
    text(value, "id").filter(is_id)
}

/// The text without NUL, cut to `most` characters.
pub(crate) fn clean(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

/// The items of a list, or the single value in place of a list.
pub(crate) fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter().take(MAX_ITEMS)
}

/// Phone numbers, given as objects (as in events) or as plain strings. Short codes and sender names are
/// skipped: they are neither leads nor our numbers.
pub(crate) fn addresses(value: Option<&Value>) -> impl Iterator<Item = PhoneNumber> {
    list(value).filter_map(|item| {
        let address = item.as_str().or_else(|| text(item, "phone_number"));
        PhoneNumber::parse(address?).ok()
    })
}

/// A media file. Telnyx's schema calls the digest `hash_sha256`, its examples `sha256`.
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

/// The instant, if an event that arrived at `received_at` can plausibly have happened then.
pub(crate) fn plausible(at: DateTime<Utc>, received_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let age = received_at.signed_duration_since(at);
    (-AFTER <= age && age <= BEFORE).then_some(at)
}

/// An instant, truncated to microseconds like our own.
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
