//! Differences between two versions of the law.

use crate::law::data::RuleFiles;
use crate::law::difference::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The bundled law with another text in one of its files.
fn changed(from: &str, to: &str) -> RuleData {
    let texts: Vec<(&str, String)> = RuleFiles::BUNDLED
        .texts()
        .into_iter()
        .map(|(name, text)| (name, text.replace(from, to)))
        .collect();
    let files = RuleFiles::BUNDLED.map(|name, _| {
        let (_, text) = texts.iter().find(|(other, _)| *other == name).unwrap();
        text
    });
    assert_ne!(
        files.texts(),
        RuleFiles::BUNDLED.texts(),
        "nothing to replace"
    );
    RuleData::load(&files).unwrap()
}

fn shown(old: &RuleData, new: &RuleData, first: &str, last: &str) -> Vec<String> {
    let changes = difference(old, new, date(first), date(last));
    changes.iter().map(line).collect()
}

fn line(change: &LawChange) -> String {
    let texts = [
        change.place.clone(),
        change.kind.to_string(),
        change.zones.join(";"),
        change
            .days
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        change
            .minutes
            .map_or_else(String::new, |minutes| minutes.to_string()),
        change.old.clone(),
        change.new.clone(),
    ];
    texts.join("|")
}

fn bundled() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

#[test]
fn the_same_law_has_no_differences() {
    let all = difference(bundled(), bundled(), date("2021-01-01"), date("2029-01-01"));
    assert_eq!(all, []);
}

#[test]
fn an_hour_less_on_some_weekdays_is_one_line() {
    let earlier = changed(
        "CT,2023-10-01,enacted,09:00,20:00,09:00,20:00",
        "CT,2023-10-01,enacted,09:00,19:00,09:00,19:00",
    );
    assert_eq!(
        shown(bundled(), &earlier, "2026-12-01", "2026-12-31"),
        ["CT|closes|America/New_York|2026-12-01 to 2026-12-31 Mon-Sat|19:00-20:00||"]
    );
    assert_eq!(
        shown(&earlier, bundled(), "2023-09-01", "2023-10-02"),
        ["CT|opens|America/New_York|Mon 2023-10-02|19:00-20:00||"]
    );
}

#[test]
fn two_dates_of_one_law_differ_by_what_began_between_them() {
    let (before, after) = (
        bundled().as_of(date("2025-12-31")),
        bundled().as_of(date("2026-01-01")),
    );
    let lines = shown(&before, &after, "2027-06-01", "2027-06-30");
    let of = |place: &str| -> Vec<&String> {
        lines
            .iter()
            .filter(|line| line.starts_with(place))
            .collect()
    };
    let month = "2027-06-01 to 2027-06-30";
    assert!(
        of("OR")[0].ends_with(&format!("{month}|20:00-21:00||")),
        "{lines:#?}"
    );
    assert!(
        of("OR").contains(&&format!("OR|cap||{month}|||3")),
        "{lines:#?}"
    );
    assert!(
        of("OR").contains(&&format!("OR|replies||{month}|||exempt")),
        "{lines:#?}"
    );
    assert!(
        of("VA").iter().all(|line| !line.contains("closes")),
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with("OR") || line.starts_with("VA"))
    );
}

#[test]
fn a_holiday_names_its_row_and_its_days_in_every_place_that_keeps_it() {
    let without = changed("LA,easter:-47,,enacted", "LA,easter:-46,,enacted");
    let lines = shown(bundled(), &without, "2027-01-01", "2027-12-31");
    assert!(
        lines.contains(&"LA|opens|America/Chicago|Tue 2027-02-09|08:00-20:00||".to_owned()),
        "{lines:#?}"
    );
    assert!(
        lines.contains(&"LA|closes|America/Chicago|Wed 2027-02-10|08:00-20:00||".to_owned()),
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("LA easter:-47|holiday|||") && line.ends_with('|'))
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("DEFAULT_STRICT|closes|")),
        "{lines:#?}"
    );
}

#[test]
fn an_hour_that_the_clocks_repeat_is_told_apart() {
    let late = changed("NY,2021-08-12,enacted,08:00", "NY,2021-08-12,enacted,01:00");
    let lines = shown(bundled(), &late, "2026-11-02", "2026-11-02");
    assert_eq!(
        lines,
        ["NY|opens|America/New_York|Mon 2026-11-02|01:00-08:00||"]
    );
    let early = changed(
        "NY,2021-08-12,enacted,08:00,21:00,08:00,21:00,08:00",
        "NY,2021-08-12,enacted,08:00,21:00,08:00,21:00,01:30",
    );
    let lines = shown(bundled(), &early, "2026-11-01", "2026-11-01");
    let day = "NY|opens|America/New_York|Sun 2026-11-01";
    assert_eq!(
        lines,
        [
            format!("{day}|01:30-02:00 UTC-04:00||"),
            format!("{day}|01:30-08:00 UTC-05:00||"),
        ]
    );
}

#[test]
fn a_zone_of_the_law_is_compared_by_the_clock_of_the_person() {
    let central = changed(
        "CT,2023-10-01,enacted,09:00,20:00,09:00,20:00,09:00,20:00,no,,,",
        "CT,2023-10-01,enacted,09:00,20:00,09:00,20:00,09:00,20:00,no,,America/Chicago,",
    );
    let lines = shown(bundled(), &central, "2026-12-01", "2026-12-31");
    let days = "CT|closes|America/New_York|2026-12-01 to 2026-12-31|09:00-10:00||";
    let evenings = "CT|opens|America/New_York|2026-12-01 to 2026-12-31|20:00-21:00||";
    assert_eq!(lines, [evenings, days]);
}

#[test]
fn rows_of_other_tables_are_named_by_their_keys() {
    for (from, to, expected) in [
        ("bit.ly,", "bitt.ly,", "bit.ly|shortener||||listed|"),
        (
            "457,US,LA,America/Chicago,2025-09-25",
            "457,US,LA,America/Chicago,2025-09-26",
            "457|area_code||||US LA America/Chicago, assigned on 2025-09-25|\
             US LA America/Chicago, assigned on 2025-09-26",
        ),
        (
            "242,outside_us_ca",
            "243,outside_us_ca",
            "242|refused_area_code||||outside the US and Canada|",
        ),
        (
            "00501,00544,US,NY",
            "00501,00545,US,NY",
            "00501-00545|postal_code|||||NY",
        ),
    ] {
        let lines = shown(bundled(), &changed(from, to), "2026-12-01", "2026-12-31");
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected} in {lines:#?}"
        );
    }
}

#[test]
fn files_that_differ_only_in_words_for_people_are_not_the_same() {
    let reviewed = changed("cap is per same subject matter", "cap is per subject");
    let lines = shown(bundled(), &reviewed, "2026-12-01", "2026-12-31");
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("|wording||||"), "{lines:?}");
}

#[test]
fn what_is_compared_reaches_two_years_beyond_the_last_date() {
    let today = date("2026-12-01");
    assert_eq!(
        compared_until(bundled(), bundled(), today),
        date("2028-12-02")
    );
    let later = changed("UT,easter:-2,2026-05-06", "UT,easter:-2,2031-01-01");
    assert_eq!(compared_until(bundled(), &later, today), date("2033-01-02"));
}
