//! Rows with dates: what is read, and what is refused.

use chrono::NaiveDate;

use crate::law::data::tests::*;
use crate::law::schedule::DateRange;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The tables with more rows at their ends.
fn load(hours: &str, holidays: &str) -> Result<RuleData, String> {
    let quiet_hours = &format!("{}{hours}", SOUND.quiet_hours);
    let holidays = &format!("{}{holidays}", SOUND.holidays);
    let files = RuleFiles {
        quiet_hours,
        holidays,
        ..SOUND
    };
    RuleData::load(&files).map_err(|error| error.to_string())
}

/// A row of hours from 9 to 17.
fn hours(state: &str, from: &str, status: &str, holidays: &str) -> String {
    format!(
        "{state},{from},{status},09:00,17:00,09:00,17:00,,,{holidays},1,,yes,,no,,a later law,high,2026-01-01\n"
    )
}

fn repeal(state: &str, from: &str) -> String {
    format!("{state},{from},repealed,,,,,,,no,,,federal,,no,,a repeal,high,2026-01-01\n")
}

fn holiday(rule: &str, from: &str, status: &str) -> String {
    format!("FL,{rule},{from},{status},A day,all,none,a law,,high,2026-01-01\n")
}

#[test]
fn several_rows_of_a_state_are_its_law_over_time() {
    let rows = hours("FL", "2027-01-01", "enacted", "yes") + &repeal("FL", "2028-01-01");
    let rules = load(&rows, "").unwrap();
    let florida = &rules.rules_of(state("FL")).law;
    let on = |day| florida.on(date(day));
    assert_eq!(on("2026-12-31").max_per_24h, Some(3));
    assert_eq!(&*on("2027-12-31").source, "a later law");
    assert_eq!(on("2027-12-31").schedule.holidays.len(), 1);
    let federal = on("2028-01-01");
    assert_eq!(federal.schedule, law(&rules, "GU").schedule);
    assert_eq!((federal.max_per_24h, &*federal.source), (None, "a repeal"));
}

#[test]
fn a_proposed_row_judges_nothing_and_is_announced() {
    let rows = hours("FL", "", "proposed", "yes") + &hours("FL", "2027-01-01", "proposed", "yes");
    let days = holiday("fixed:12-24", "2027-01-01", "proposed");
    let rules = load(&rows, &days).unwrap();
    assert_eq!(
        law(&rules, "FL"),
        law(&RuleData::load(&SOUND).unwrap(), "FL")
    );
    let from: Vec<_> = rules.announced().map(|one| one.from).collect();
    let next_year = Some(date("2027-01-01"));
    assert_eq!(from, [None, next_year, next_year]);
    let sources: Vec<_> = rules.announced().map(|one| one.what.source()).collect();
    assert_eq!(sources, ["a later law", "a later law", "a law"]);
}

#[test]
fn a_holiday_ends_where_its_next_row_begins() {
    let days = holiday("fixed:12-24", "2027-01-01", "enacted")
        + &holiday("fixed:12-24", "2029-01-01", "repealed")
        + &holiday("fixed:12-24", "2031-01-01", "enacted")
        + &holiday("date:2024-12-31", "", "enacted");
    let rules = load("", &days).unwrap();
    let range = |since: &str, until: &str| DateRange {
        since: since.parse().ok(),
        until: until.parse().ok(),
    };
    let in_force: Vec<_> = rules.holidays().map(|day| day.holiday.in_force).collect();
    assert_eq!(
        in_force,
        [
            DateRange::ALL,
            range("2027-01-01", "2029-01-01"),
            range("2031-01-01", ""),
            DateRange::ALL
        ]
    );
    assert_eq!(law(&rules, "DEFAULT_STRICT").schedule.holidays.len(), 4);
}

#[test]
fn a_state_may_begin_or_cease_to_keep_holidays() {
    let rows = hours("FL", "2027-01-01", "enacted", "no");
    let rules = load(&rows, "").unwrap();
    let florida = &rules.rules_of(state("FL")).law;
    assert!(florida.on(date("2027-01-01")).schedule.holidays.is_empty());
    let late = holiday("fixed:12-24", "2027-01-01", "enacted");
    assert_eq!(
        load(&rows, &late).unwrap_err(),
        "state_holidays.csv, line 3: the state's holidays are not blocked"
    );
    let ended = holiday("fixed:07-04", "2026-01-01", "repealed")
        + &holiday("fixed:12-24", "2028-01-01", "enacted");
    let rows = hours("FL", "2027-01-01", "enacted", "yes");
    assert!(load(&rows, &ended).is_ok());
    let rows = rows + &hours("FL", "2028-01-01", "enacted", "no");
    let ended = holiday("fixed:07-04", "2026-01-01", "repealed");
    assert_eq!(
        load(&rows, &ended).unwrap_err(),
        "state_quiet_hours.csv, line 6: holidays are blocked and none is listed"
    );
}

#[test]
fn a_row_with_a_bad_date_or_status_is_refused() {
    for (row, error) in [
        (
            hours("FL", "2027-1-1", "enacted", "yes"),
            "line 6: `effective_from` is \"2027-1-1\": expected a date as 2026-12-31",
        ),
        (
            hours("FL", "2027-02-30", "enacted", "yes"),
            "line 6: `effective_from` is \"2027-02-30\"",
        ),
        (
            hours("FL", "2021-01-01", "enacted", "yes"),
            "line 6: `effective_from` is not after 2021-01-01",
        ),
        (hours("FL", "2027-01-01", "pending", "yes"), "line 6: "),
        (
            hours("FL", "2027-01-01", "enacted", "yes").repeat(2),
            "line 7: FL is there twice for 2027-01-01",
        ),
        (
            hours("FL", "2027-01-01", "proposed", "yes").repeat(2),
            "line 7: FL is there twice for 2027-01-01",
        ),
        (
            hours("FL", "2028-01-01", "enacted", "yes")
                + &hours("FL", "2027-01-01", "enacted", "yes"),
            "line 7: FL has a later row above",
        ),
        (
            hours("GU", "2027-01-01", "enacted", "no"),
            "line 6: the law of GU from 2021 until 2027-01-01 is missing",
        ),
        (
            repeal("GU", "2027-01-01"),
            "line 6: GU has no row above that could be repealed",
        ),
        (
            repeal("FL", ""),
            "line 6: a repeal without `effective_from`",
        ),
        (
            repeal("NS", "2027-01-01"),
            "line 6: a repeal leaves the federal law of the US",
        ),
        (
            repeal("DEFAULT_STRICT", "2027-01-01"),
            "line 6: a repeal leaves the federal law of the US",
        ),
        (
            hours("FL", "2027-01-01", "repealed", "no"),
            "line 6: a repeal has no hours",
        ),
        (
            hours("FL", "2027-01-01", "enacted", "yes").replace("2026-01-01", ""),
            "line 6: `reviewed_on` is \"\"",
        ),
    ] {
        let found = load(&row, "").unwrap_err();
        assert!(
            found.starts_with("state_quiet_hours.csv") && found.contains(error),
            "{found}"
        );
    }
}

#[test]
fn a_bad_row_of_holidays_is_refused() {
    for (from, to, error) in [
        (
            "fixed:07-04",
            "fixed:07-32",
            "line 2: `fixed:07-32` is not a holiday rule",
        ),
        (
            "FL,fixed",
            "GA,fixed",
            "holidays are blocked and none is listed",
        ),
        (
            "2026-01-01\n",
            "2026-01-01\nGA,fixed:07-04,,enacted,A day,all,none,a law,,high,2026-01-01\n",
            "line 3: the state has no quiet",
        ),
        (
            "2026-01-01\n",
            "2026-01-01\nFL,fixed:07-04,,enacted,Again,all,none,a law,,high,2026-01-01\n",
            "is there twice",
        ),
        ("Independence Day", "", "line 2: `name` is empty"),
        (
            "a law,a law,high",
            "a law,,high",
            "line 2: `observed_source` is empty",
        ),
        (
            "a law,a law,high",
            ",a law,high",
            "line 2: `source` is empty",
        ),
        ("high,2026", ",2026", "line 2: `confidence` is empty"),
        ("all,sun_mon", "odd,sun_mon", "line 2: "),
        ("all,sun_mon", "all,sometimes", "line 2: "),
    ] {
        let mut files = SOUND;
        let changed = SOUND.holidays.replace(from, to);
        files.holidays = &changed;
        let found = RuleData::load(&files).unwrap_err().to_string();
        assert!(found.contains(error), "{found}");
    }
}

#[test]
fn a_holiday_with_a_bad_date_or_status_is_refused() {
    for (row, error) in [
        (
            holiday("date:2024-12-31", "2024-12-01", "enacted"),
            "line 3: a single date has no `effective_from`",
        ),
        (
            holiday("fixed:12-24", "2027-01-01", "enacted").repeat(2),
            "line 4: fixed:12-24 is there twice for 2027-01-01",
        ),
        (
            holiday("fixed:12-24", "2027-01-01", "repealed"),
            "line 3: fixed:12-24 has no row above",
        ),
        (
            holiday("fixed:12-24", "tomorrow", "enacted"),
            "line 3: `effective_from` is \"tomorrow\"",
        ),
    ] {
        let found = load("", &row).unwrap_err();
        assert!(
            found.starts_with("state_holidays.csv") && found.contains(error),
            "{found}"
        );
    }
}

#[test]
fn a_review_after_today_is_refused_with_its_line() {
    let rules = RuleData::load(&SOUND).unwrap();
    assert_eq!(rules.check_reviews(date("2026-01-01")), Ok(()));
    assert_eq!(
        rules
            .check_reviews(date("2025-12-31"))
            .unwrap_err()
            .to_string(),
        "state_quiet_hours.csv, line 2: FL: `reviewed_on` is 2026-01-01, which is after today, \
         2025-12-31"
    );
}

#[test]
fn reviews_are_due_after_400_days() {
    let rules = RuleData::load(&SOUND).unwrap();
    let due = |today| rules.reviews_due(date(today));
    assert_eq!(due("2027-02-05"), []);
    assert_eq!(due("2027-02-06").len(), 5);
    assert_eq!(
        due("2027-02-06")[4].to_string(),
        "state_holidays.csv, line 2: FL fixed:07-04 was reviewed on 2026-01-01, more than 400 days ago"
    );
}

#[test]
fn a_proposal_whose_date_has_come_is_due() {
    let rows = hours("FL", "2026-06-01", "proposed", "no") + &hours("FL", "", "proposed", "no");
    let rules = load(&rows, "").unwrap();
    assert_eq!(rules.reviews_due(date("2026-05-31")), []);
    let due = rules.reviews_due(date("2026-06-01"));
    assert_eq!(
        due[0].to_string(),
        "state_quiet_hours.csv, line 6: FL is proposed for 2026-06-01, which has come: is it law?"
    );
    assert_eq!(due.len(), 1);
}

#[test]
fn the_corrections_of_2026_are_in_the_bundled_tables() {
    let announced: Vec<_> = bundled()
        .announced()
        .map(|one| one.jurisdiction.to_string())
        .collect();
    assert_eq!(announced, ["MI", "WV"]);
    let named = |state: &str, key: &str| {
        let mut days = bundled().holidays();
        days.any(|day| day.state.as_str() == state && &*day.key == key)
    };
    for (state, key) in [
        ("AL", "easter:-47"),
        ("LA", "date:2023-07-03"),
        ("LA", "date:2024-12-31"),
    ] {
        assert!(named(state, key), "{state} {key}");
    }
    let connecticut = &bundled().rules_of(state("CT")).law;
    let end = |day| {
        connecticut
            .on(date(day))
            .schedule
            .week
            .weekday
            .unwrap()
            .end()
    };
    assert_eq!(end("2023-09-30").to_string(), "21:00:00");
    assert_eq!(end("2023-10-01").to_string(), "20:00:00");
}
