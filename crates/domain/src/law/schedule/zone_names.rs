//! Names of time zones as used in the US and Canada. This module must not know what a zone is used
//! for.

use crate::law::schedule::zones::Zone;

/// Common names in lower case, and the zone of each. An abbreviation of standard time means the zone
/// with its clock changes: EST usually means the time in New York. MST is missing because it may mean
/// Denver or Phoenix.
const NAMES: &[(&str, &[&str])] = &[
    ("America/New_York", &["eastern", "et", "est", "edt"]),
    ("America/Chicago", &["central", "ct", "cst", "cdt"]),
    ("America/Denver", &["mountain", "mt", "mdt"]),
    ("America/Phoenix", &["arizona"]),
    ("America/Los_Angeles", &["pacific", "pt", "pst", "pdt"]),
    ("America/Anchorage", &["alaska", "alaskan", "akst", "akdt"]),
    ("Pacific/Honolulu", &["hawaii", "hawaiian", "hst"]),
    ("America/Halifax", &["atlantic", "adt"]),
    ("America/St_Johns", &["newfoundland", "nst", "ndt"]),
];

/// Names for which the database has a zone that is not, or not always, the one that people mean.
const AMBIGUOUS: &[&str] = &["mst", "mst7mdt", "cuba", "israel", "egypt"];

impl Zone {
    /// The zone that a text names: an IANA name in any case, with spaces or underscores, or a common
    /// name of a zone in the US or Canada such as `Eastern`, `ET`, `EST` or `Pacific Time`. `None`
    /// where the name is unknown, ambiguous or only an offset.
    #[must_use]
    pub fn stated(text: &str) -> Option<Self> {
        if let Ok(zone) = Self::named(text)
            && text.contains('/')
        {
            return Some(zone);
        }
        let text = text.trim().to_lowercase();
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || matches!(c, '_' | '/' | '(' | ')'))
            .filter(|word| !matches!(*word, "" | "us" | "usa" | "canada" | "&"))
            .collect();
        let name = words.join(" ");
        let name = [" standard time", " daylight time", " time zone", " time"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(&name);
        let usual = NAMES.iter().find(|(_, names)| names.contains(&name));
        if let Some((zone, _)) = usual {
            return Self::named(zone).ok();
        }
        let is_clear = !AMBIGUOUS.contains(&name) && !name.contains(|c: char| c.is_ascii_digit());
        let iana = text.split_whitespace().collect::<Vec<_>>().join("_");
        is_clear.then(|| Self::named_in_any_case(&iana)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_understood_by_its_usual_names() {
        for (name, written) in [
            (
                "America/New_York",
                &[
                    "America/New_York",
                    "america/new_york",
                    " America/New York ",
                    "EST",
                    "EDT",
                    "ET",
                    "Eastern",
                    "eastern time",
                    "Eastern Standard Time",
                    "Eastern Time (US)",
                    "Eastern Daylight Time",
                ][..],
            ),
            ("America/Chicago", &["Central", "CT", "Central Time Zone"]),
            ("America/Denver", &["Mountain", "MDT", "Mountain Time"]),
            (
                "America/Los_Angeles",
                &["Pacific", "pst", "PT", "us/pacific"],
            ),
            ("America/Phoenix", &["Arizona"]),
            ("US/Eastern", &["US/Eastern"]),
            ("Etc/GMT+5", &["Etc/GMT+5"]),
            ("America/Halifax", &["Atlantic Time", "canada/atlantic"]),
            ("America/St_Johns", &["Newfoundland"]),
            ("Pacific/Honolulu", &["HST", "Hawaiian Standard Time"]),
            ("UTC", &["UTC", "utc"]),
        ] {
            for text in written {
                let zone = Zone::stated(text).unwrap_or_else(|| panic!("{text}"));
                assert_eq!(zone.name(), name, "{text}");
            }
        }
    }

    #[test]
    fn another_text_is_no_zone() {
        for text in [
            "",
            " ",
            "America/NewYork",
            "America/New_Yorkk",
            "America",
            "New York",
            "Florida",
            "MST",
            "UTC-5",
            "GMT-5",
            "-05:00",
            "etc/gmt+5",
            "AST",
            "IST",
            "EET5",
            "Time",
        ] {
            assert_eq!(Zone::stated(text), None, "{text}");
        }
    }
}
