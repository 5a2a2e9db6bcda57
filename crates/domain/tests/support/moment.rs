//! Moments as people write them in scenarios.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use sms_domain::law::schedule::Zone;

/// RFC 3339; a civil time with a zone, `2026-12-15 20:00 America/New_York`; or relative to the
/// scenario's instant, `30 minutes ago` or `in 2 hours`.
pub(crate) fn moment(text: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    if let Some(ago) = text.strip_suffix(" ago") {
        return now - period(ago);
    }
    if let Some(ahead) = text.strip_prefix("in ") {
        return now + period(ahead);
    }
    if let Ok(instant) = text.parse() {
        return instant;
    }
    let (local, zone) = text
        .rsplit_once(' ')
        .unwrap_or_else(|| panic!("no moment: {text}"));
    let zone = Zone::named(zone).unwrap_or_else(|error| panic!("{text}: {error}"));
    let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"];
    let local = formats
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(local, f).ok());
    zone.instant(local.unwrap_or_else(|| panic!("no moment: {text}")))
}

/// `90 minutes`, `1 hour`, or several: `23 hours 59 minutes 59 seconds`.
fn period(text: &str) -> TimeDelta {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .chunks(2)
        .map(|pair| {
            let [count, unit] = pair else {
                panic!("no period: {text}")
            };
            let count: i64 = count
                .parse()
                .unwrap_or_else(|_| panic!("no period: {text}"));
            match unit.trim_end_matches('s') {
                "second" => TimeDelta::seconds(count),
                "minute" => TimeDelta::minutes(count),
                "hour" => TimeDelta::hours(count),
                "day" => TimeDelta::days(count),
                _ => panic!("no period: {text}"),
            }
        })
        .sum()
}
