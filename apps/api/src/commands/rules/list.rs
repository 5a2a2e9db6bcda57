//! `rules list` and `rules explain`: what is in force, since when, on which source, and what is
//! announced.

use anyhow::bail;
use chrono::NaiveDate;
use sms_domain::compliance::rule::Rule;
use sms_domain::compliance::rules::RULES;
use sms_domain::law::{Jurisdiction, JurisdictionRules, RuleData};

use super::date;
use super::table::Table;
use crate::law::LoadedLaw;

/// The rules that judge by the rows of the places.
const BY_PLACE: [&str; 2] = ["quiet_hours", "state_frequency_cap"];

/// Every rule, and what is in force at every place on a date.
pub(super) fn in_force(law: &LoadedLaw, today: NaiveDate) -> Table {
    let mut table = Table::new(&["rule", "place", "in force", "since", "next", "source"]);
    for rule in RULES {
        table.push([
            rule.code.to_owned(),
            String::new(),
            format!("{} when {}", rule.outcome, rule.refuses_when),
            String::new(),
            String::new(),
            rule.citation.to_owned(),
        ]);
    }
    for place in law.rules.jurisdictions() {
        let row = place.law.on(today);
        table.push([
            BY_PLACE.join(", "),
            place.jurisdiction.to_string(),
            row.in_words(),
            date(row.since),
            next(law.rules, place, today),
            row.source.to_string(),
        ]);
    }
    table
}

/// The next change of a place: the next row of its law, else what is announced.
fn next(rules: &RuleData, place: &JurisdictionRules, today: NaiveDate) -> String {
    let mut later = place.law.rows();
    let enacted = later.find(|row| row.since.is_some_and(|since| today < since));
    if let Some(row) = enacted {
        return format!("{}: {}", date(row.since), row.in_words());
    }
    let mut announced = rules.announced();
    let announced = announced.find(|one| one.jurisdiction == place.jurisdiction);
    announced.map_or_else(String::new, |one| {
        let from = one
            .from
            .map_or_else(|| "no date".to_owned(), |from| from.to_string());
        format!("proposed, {from}: {}", one.what.in_words())
    })
}

/// A rule with its rows, or a place with all its law.
pub(super) fn explained(law: &LoadedLaw, code: &str) -> anyhow::Result<Table> {
    let rules = law.rules;
    if let Some(rule) = RULES.iter().find(|rule| rule.code == code) {
        return Ok(of_rule(rules, rule));
    }
    let jurisdiction = Jurisdiction::parse(code);
    let place = jurisdiction.map(|place| rules.rules_of(place));
    if let Some(place) = place.filter(|place| Some(place.jurisdiction) == jurisdiction) {
        return Ok(of_place(rules, place));
    }
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    bail!(
        "`{code}` is no rule and no place: expected {}, or a state or province such as CT",
        codes.join(", ")
    );
}

fn of_rule(rules: &RuleData, rule: &Rule) -> Table {
    let mut table = Table::new(&["rule", "place", "from", "until", "says", "source"]);
    table.push([
        rule.code.to_owned(),
        String::new(),
        String::new(),
        String::new(),
        format!("{} when {}", rule.outcome, rule.refuses_when),
        rule.citation.to_owned(),
    ]);
    if BY_PLACE.contains(&rule.code) {
        for place in rules.jurisdictions() {
            add_history(&mut table, rule.code, place);
        }
        for place in rules.jurisdictions() {
            add_announced(&mut table, rule.code, rules, place);
        }
    }
    table
}

fn of_place(rules: &RuleData, place: &JurisdictionRules) -> Table {
    let mut table = Table::new(&["rule", "place", "from", "until", "says", "source"]);
    let by_place = BY_PLACE.join(", ");
    add_history(&mut table, &by_place, place);
    for day in rules
        .holidays()
        .filter(|day| day.state == place.jurisdiction)
    {
        let in_force = day.holiday.in_force;
        table.push([
            "quiet_hours".to_owned(),
            place.jurisdiction.to_string(),
            date(in_force.since),
            date(in_force.until),
            format!("holiday {}: {}", day.key, day.in_words()),
            day.source.to_string(),
        ]);
    }
    add_announced(&mut table, &by_place, rules, place);
    table
}

fn add_history(table: &mut Table, rule: &str, place: &JurisdictionRules) {
    for (dates, row) in place.law.periods() {
        table.push([
            rule.to_owned(),
            place.jurisdiction.to_string(),
            date(dates.since),
            date(dates.until),
            row.in_words(),
            format!("{} ({})", row.source, row.confidence),
        ]);
    }
}

fn add_announced(table: &mut Table, rule: &str, rules: &RuleData, place: &JurisdictionRules) {
    let own = |one: &&sms_domain::law::data::Announced| one.jurisdiction == place.jurisdiction;
    for one in rules.announced().filter(own) {
        table.push([
            rule.to_owned(),
            place.jurisdiction.to_string(),
            one.from.map_or_else(
                || "proposed".to_owned(),
                |from| format!("proposed for {from}"),
            ),
            String::new(),
            one.what.in_words(),
            one.what.source().to_owned(),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::TableFormat;
    use super::*;

    fn law() -> LoadedLaw {
        LoadedLaw::bundled().unwrap()
    }

    fn csv(table: &Table) -> Vec<String> {
        table.lines(TableFormat::Csv).unwrap()
    }

    fn explained_as(code: &str) -> Vec<String> {
        csv(&explained(&law(), code).unwrap())
    }

    #[test]
    fn every_rule_and_every_place_is_listed_with_what_comes_next() {
        let lines = csv(&in_force(&law(), "2025-12-01".parse().unwrap()));
        assert_eq!(
            lines.len(),
            1 + RULES.len() + law().rules.jurisdictions().count()
        );
        let oregon = lines.iter().find(|line| line.contains(",OR,")).unwrap();
        assert!(
            oregon.contains(",08:00-21:00,,\"2026-01-01: 08:00-20:00, 3 in 24 h, replies exempt\""),
            "{oregon}"
        );
        let michigan = lines.iter().find(|line| line.contains(",MI,")).unwrap();
        assert!(
            michigan.contains("\"proposed, no date: 09:00-21:00\"")
                || michigan.contains("proposed, no date: 09:00-21:00"),
            "{michigan}"
        );
        assert!(lines.iter().any(|line| line.starts_with("wallet,")));
    }

    #[test]
    fn a_place_is_explained_by_its_rows_holidays_and_proposals() {
        let oregon = explained_as("OR");
        assert_eq!(oregon.len(), 3, "{oregon:#?}");
        assert!(
            oregon[1].contains(",OR,,2026-01-01,08:00-21:00,"),
            "{oregon:#?}"
        );
        let louisiana = explained_as("LA");
        assert!(
            louisiana
                .iter()
                .any(|line| line.contains("holiday date:2024-12-31"))
        );
        assert!(
            explained_as("MI")
                .last()
                .unwrap()
                .contains(",MI,proposed,,")
        );
    }

    #[test]
    fn a_rule_is_explained_with_the_places_that_it_judges_by() {
        assert!(explained_as("quiet_hours").len() > 70);
        assert_eq!(explained_as("consent").len(), 2);
    }

    #[test]
    fn another_code_is_refused_with_what_there_is() {
        for code in ["", "QUIET", "ZZ", "florida"] {
            let error = explained(&law(), code).unwrap_err().to_string();
            assert!(
                error.contains("quiet_hours") && error.contains("such as CT"),
                "{error}"
            );
        }
    }
}
