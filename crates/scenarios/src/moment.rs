//! Moments as people write them in scenarios.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use sms_domain::law::schedule::Zone;

use crate::ScenarioError;

/// RFC 3339; a civil time with a zone, `2026-12-15 20:00 America/New_York`; or relative to the
/// scenario's instant, `30 minutes ago` or `in 2 hours`.
pub(crate) fn moment(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, ScenarioError> {
    read(text, now).ok_or_else(|| {
        ScenarioError::new(format!(
            "`{text}` is no moment: expected 2026-12-15 20:00 America/New_York, \
             2026-12-15T17:00:00Z, 30 minutes ago, or in 2 hours"
        ))
    })
}

fn read(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Some(ago) = text.strip_suffix(" ago") {
        return now.checked_sub_signed(period(ago)?);
    }
    if let Some(ahead) = text.strip_prefix("in ") {
        return now.checked_add_signed(period(ahead)?);
    }
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let (local, zone) = text.rsplit_once(' ')?;
    let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"];
    let local = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(local, format).ok())?;
    Some(Zone::named(zone).ok()?.instant(local))
}

/// `90 minutes`, `1 hour`, or several: `23 hours 59 minutes 59 seconds`.
fn period(text: &str) -> Option<TimeDelta> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let parts = words.chunks(2).map(|pair| {
        let [count, unit] = pair else {
            return None;
        };
        let count: i64 = count.parse().ok()?;
        match unit.trim_end_matches('s') {
            "second" => TimeDelta::try_seconds(count),
            "minute" => TimeDelta::try_minutes(count),
            "hour" => TimeDelta::try_hours(count),
            "day" => TimeDelta::try_days(count),
            _ => None,
        }
    });
    let parts: Vec<TimeDelta> = parts.collect::<Option<_>>()?;
    let sum = |sum: TimeDelta, part: &TimeDelta| sum.checked_add(part);
    parts.iter().try_fold(TimeDelta::zero(), sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-12-15T17:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_moment_is_absolute_or_relative() {
        for (text, instant) in [
            ("2026-12-15T12:00:00Z", "2026-12-15T12:00:00Z"),
            ("2026-12-15 20:00 America/New_York", "2026-12-16T01:00:00Z"),
            ("2026-12-15 20:00:01.5 UTC", "2026-12-15T20:00:01.5Z"),
            ("30 minutes ago", "2026-12-15T16:30:00Z"),
            ("23 hours 59 minutes ago", "2026-12-14T17:01:00Z"),
            ("in 1 day", "2026-12-16T17:00:00Z"),
        ] {
            assert_eq!(moment(text, now()).unwrap().to_rfc3339(), {
                let instant: DateTime<Utc> = instant.parse().unwrap();
                instant.to_rfc3339()
            });
        }
    }

    #[test]
    fn another_text_is_named_in_the_error() {
        for text in [
            "",
            "yesterday",
            "5 parsecs ago",
            "minutes ago",
            "in two hours",
            "9999999999999999999 days ago",
            "2026-12-15 20:00",
            "2026-12-15 20:00 America/Springfield",
            "2026-13-15 20:00 UTC",
        ] {
            let error = moment(text, now()).unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}` is no moment")), "{error}");
        }
    }
}
