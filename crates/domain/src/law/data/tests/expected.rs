//! Proposed rows, as if they were enacted.

use super::SOUND;
use crate::law::data::*;

/// The law with other rows of hours, and of it what would be expected.
fn expected(hours: &str) -> RuleData {
    let files = RuleFiles {
        quiet_hours: hours,
        ..SOUND
    };
    let texts = files.expected();
    let text = |name: &str| {
        let mut found = texts.iter();
        let found = found.find(|(own, _)| *own == name).unwrap();
        found.1.as_str()
    };
    RuleData::load(&files.map(|name, _| text(name))).unwrap()
}

/// The hours of Florida with a proposed row above and one below.
fn hours(above: &str, below: &str) -> String {
    let row = |date: &str, end: &str| {
        format!(
            "FL,{date},proposed,08:00,{end},08:00,{end},,,yes,3,,yes (a bill),,yes,a bill,a bill,low,2026-01-01\n"
        )
    };
    let above = above
        .split_once(' ')
        .map_or_else(String::new, |(d, e)| row(d, e));
    let below = below
        .split_once(' ')
        .map_or_else(String::new, |(d, e)| row(d, e));
    let at = SOUND.quiet_hours.find("NS,").unwrap();
    let (florida, rest) = SOUND.quiet_hours.split_at(at);
    let (header, florida) = florida.split_at(florida.find("FL,").unwrap());
    [header, &above, florida, &below, rest].concat()
}

fn ends(rules: &RuleData) -> Vec<(Option<String>, String)> {
    let place = Jurisdiction::parse("FL").unwrap();
    let rows = rules.rules_of(place).law.rows();
    let end = |row: &crate::law::DatedRules| row.schedule.week.weekday.unwrap().end().to_string();
    rows.map(|row| (row.since.map(|date| date.to_string()), end(row)))
        .collect()
}

#[test]
fn a_proposed_row_holds_from_its_date_on_wherever_it_stands() {
    let found = expected(&hours("2027-01-01 19:00", ""));
    let since = Some("2027-01-01".to_owned());
    let today = (None, "20:00:00".to_owned());
    assert_eq!(ends(&found), [today, (since, "19:00:00".to_owned())]);
    assert_eq!(found.announced().count(), 0);
    let source = RuleFiles {
        quiet_hours: &hours("2027-01-01 19:00", ""),
        ..SOUND
    };
    assert_ne!(found.version(), RuleData::load(&source).unwrap().version());
}

#[test]
fn a_proposed_row_without_a_date_follows_the_last() {
    let found = expected(&hours("2027-01-01 19:00", " 18:00"));
    let dates: Vec<_> = ends(&found).into_iter().map(|(date, _)| date).collect();
    let dated = |date: &str| Some(date.to_owned());
    assert_eq!(dates, [None, dated("2027-01-01"), dated("2027-01-02")]);
    let alone = expected(&hours(" 18:00", ""));
    assert_eq!(ends(&alone)[1].0, dated("2021-01-02"));
}

#[test]
fn the_law_of_the_program_can_be_expected() {
    let texts = RuleFiles::BUNDLED.expected();
    let files = RuleFiles::BUNDLED.map(|name, _| {
        let mut found = texts.iter();
        found.find(|(own, _)| *own == name).unwrap().1.as_str()
    });
    let found = RuleData::load(&files).unwrap();
    assert!(RuleData::bundled().unwrap().announced().count() > 0);
    assert_eq!(found.announced().count(), 0);
}

#[test]
fn what_is_no_table_stays_as_it_is() {
    let files = RuleFiles {
        holidays: "nothing",
        ..SOUND
    };
    let found = files.expected();
    assert!(found.contains(&("state_holidays.csv", "nothing".to_owned())));
}
