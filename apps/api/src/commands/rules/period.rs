//! Periods on the command line.

use anyhow::{Context as _, bail};
use chrono::{DateTime, TimeDelta, Utc};

use crate::commands::audit::instant;

/// An instant, or a period before now: days as `30d`, hours as `12h`.
pub(super) fn since_when(text: &str, now: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let period = |unit, of: fn(i64) -> Option<TimeDelta>| {
        let number = text.strip_suffix(unit)?.parse::<u32>().ok()?;
        now.checked_sub_signed(of(number.into())?)
    };
    match period('d', TimeDelta::try_days).or_else(|| period('h', TimeDelta::try_hours)) {
        Some(since) => Ok(since),
        None if text.ends_with(['d', 'h']) => {
            bail!("--since is {text:?}: expected days as 30d, hours as 12h, or an instant")
        }
        None => {
            instant("--since", text).context("expected days as 30d, hours as 12h, or an instant")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-12-15T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn since_is_a_period_or_an_instant() {
        for (text, since) in [
            ("30d", "2026-11-15T12:00:00Z"),
            ("12h", "2026-12-15T00:00:00Z"),
            ("2026-12-01", "2026-12-01T00:00:00Z"),
            ("2026-12-01T01:00:00Z", "2026-12-01T01:00:00Z"),
        ] {
            let since: DateTime<Utc> = since.parse().unwrap();
            assert_eq!(since_when(text, now()).unwrap(), since, "{text}");
        }
        for text in ["d", "-3d", "3w", "99999999d", "yesterday"] {
            let error = since_when(text, now()).unwrap_err();
            assert!(format!("{error:#}").contains("30d"), "{text}: {error:#}");
        }
    }
}
