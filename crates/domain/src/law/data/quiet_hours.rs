//! Hours, caps and exemptions by state, combined with the state's holidays and zones.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveTime;
use serde::Deserialize;

use crate::law::data::Territories;
use crate::law::data::holidays::Holidays;
use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::jurisdiction::{Country, Jurisdiction, JurisdictionRules, TextCoverage};
use crate::law::schedule::{Holiday, Week, WeeklyHours, Window, Zone};

const FILE: &str = "state_quiet_hours.csv";

/// Rules by state.
type Rules = BTreeMap<Jurisdiction, JurisdictionRules>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    state: String,
    weekday_start: String,
    weekday_end: String,
    saturday_start: String,
    saturday_end: String,
    sunday_start: String,
    sunday_end: String,
    holidays_blocked: YesNo,
    max_per_24h: Option<u32>,
    fixed_zone: String,
    applies_to_text: String,
    // For maintainers of the file; `replies_allowed` has the effect.
    #[serde(rename = "exemption")]
    _exemption: String,
    replies_allowed: YesNo,
    replies_source: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum YesNo {
    Yes,
    No,
}

/// Loads the rules of every state, and those for an unknown place.
pub(super) fn read(
    text: &str,
    territories: &Territories,
    mut holidays: Holidays,
) -> Result<(Rules, JurisdictionRules), DataError> {
    let all_holidays = distinct(&holidays);
    let (mut rules, mut strict, mut seen) = (Rules::new(), None, HashSet::new());
    for Located { line, row } in rows::<Row>(FILE, text)? {
        let state = line.jurisdiction(&row.state)?;
        line.first_of(&mut seen, state, state.as_str())?;
        if state == Jurisdiction::DEFAULT_STRICT {
            strict = Some(row.rules(line, state, None, all_holidays.clone())?);
            continue;
        }
        let place = territories
            .get(&state)
            .ok_or_else(|| line.error(format!("no area code is in {state}")))?;
        let own = row.own_holidays(line, holidays.remove(&state).unwrap_or_default())?;
        let place = Some((place.country, &*place.zones));
        rules.insert(state, row.rules(line, state, place, own)?);
    }
    if let Some(stray) = holidays.values().flatten().next() {
        return Err(stray.line.error("the state has no quiet hours"));
    }
    add_missing_territories(&mut rules, territories);
    let strict = strict.ok_or_else(|| Line::header(FILE).error("DEFAULT_STRICT is missing"))?;
    Ok((rules, strict))
}

impl Row {
    /// The state's holidays, when its row closes them. Both files must agree that the state has
    /// holidays.
    fn own_holidays(
        &self,
        line: Line,
        own: Vec<Located<Holiday>>,
    ) -> Result<Box<[Holiday]>, DataError> {
        match (self.holidays_blocked, own.first()) {
            (YesNo::Yes, None) => Err(line.error("holidays are blocked and none is listed")),
            (YesNo::No, Some(holiday)) => {
                Err(holiday.line.error("the state's holidays are not blocked"))
            }
            (YesNo::Yes, Some(_)) | (YesNo::No, None) => {
                Ok(own.into_iter().map(|holiday| holiday.row).collect())
            }
        }
    }

    fn rules(
        &self,
        line: Line,
        jurisdiction: Jurisdiction,
        place: Option<(Country, &[Zone])>,
        holidays: Box<[Holiday]>,
    ) -> Result<JurisdictionRules, DataError> {
        if self.max_per_24h == Some(0) {
            return Err(line.error("a cap of no messages at all"));
        }
        if self.replies_allowed == YesNo::Yes {
            line.not_empty("replies_source", &self.replies_source)?;
        }
        let fixed_zone = Some(&self.fixed_zone).filter(|name| !name.is_empty());
        Ok(JurisdictionRules {
            jurisdiction,
            country: place.map(|(country, _)| country),
            zones: place.map(|(_, zones)| zones.into()).unwrap_or_default(),
            schedule: WeeklyHours {
                week: self.week(line)?,
                holidays,
                fixed_zone: fixed_zone.map(|name| line.zone(name)).transpose()?,
            },
            max_per_24h: self.max_per_24h,
            replies_allowed: self.replies_allowed == YesNo::Yes,
            text_coverage: text_coverage(line, &self.applies_to_text)?,
            source: line.not_empty("source", &self.source)?,
            confidence: line.not_empty("confidence", &self.confidence)?,
        })
    }

    fn week(&self, line: Line) -> Result<Week, DataError> {
        let week = Week {
            weekday: window(line, &self.weekday_start, &self.weekday_end)?,
            saturday: window(line, &self.saturday_start, &self.saturday_end)?,
            sunday: window(line, &self.sunday_start, &self.sunday_end)?,
        };
        if week.weekday.is_none() {
            return Err(line.error("no window on weekdays"));
        }
        Ok(week)
    }
}

/// A window from its two cells; two empty cells mean a closed day.
fn window(line: Line, start: &str, end: &str) -> Result<Option<Window>, DataError> {
    if start.is_empty() && end.is_empty() {
        return Ok(None);
    }
    let window = Window::new(time(line, start)?, time(line, end)?);
    window
        .map(Some)
        .ok_or_else(|| line.error(format!("{start} is not before {end}")))
}

fn time(line: Line, text: &str) -> Result<NaiveTime, DataError> {
    Some(text)
        .filter(|text| text.len() == "00:00".len())
        .and_then(|text| NaiveTime::parse_from_str(text, "%H:%M").ok())
        .ok_or_else(|| line.error(format!("`{text}` is not a time of day as 08:00")))
}

/// Only the first word counts; a remark in brackets is for people.
fn text_coverage(line: Line, text: &str) -> Result<TextCoverage, DataError> {
    match text.split(' ').next() {
        Some("yes") => Ok(TextCoverage::Yes),
        Some("no") => Ok(TextCoverage::No),
        Some("unclear") => Ok(TextCoverage::Unclear),
        Some("federal") => Ok(TextCoverage::Federal),
        Some(_) | None => Err(line.error(format!("`{text}` does not say whether texts are meant"))),
    }
}

/// The distinct holidays of all states, for a place that may be any of them.
fn distinct(holidays: &Holidays) -> Box<[Holiday]> {
    let mut all: Vec<Holiday> = Vec::new();
    for Located { row: holiday, .. } in holidays.values().flatten() {
        let same = |other: &Holiday| Holiday {
            name: holiday.name.clone(),
            ..other.clone()
        };
        if !all.iter().any(|other| same(other) == *holiday) {
            all.push(holiday.clone());
        }
    }
    all.into()
}

/// A US territory without a row keeps the federal hours.
fn add_missing_territories(rules: &mut Rules, territories: &Territories) {
    for jurisdiction in Jurisdiction::TERRITORIES {
        if let Some(place) = territories.get(&jurisdiction) {
            rules
                .entry(jurisdiction)
                .or_insert_with(|| federal(jurisdiction, &place.zones));
        }
    }
}

/// 8 a.m. to 9 p.m. at the called party's location: 47 CFR 64.1200(c)(1).
fn federal(jurisdiction: Jurisdiction, zones: &[Zone]) -> JurisdictionRules {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0);
    let window = hour(8)
        .zip(hour(21))
        .and_then(|(start, end)| Window::new(start, end));
    JurisdictionRules {
        jurisdiction,
        country: Some(Country::UnitedStates),
        zones: zones.into(),
        schedule: WeeklyHours {
            week: Week {
                weekday: window,
                saturday: window,
                sunday: window,
            },
            holidays: Box::default(),
            fixed_zone: None,
        },
        max_per_24h: None,
        replies_allowed: false,
        text_coverage: TextCoverage::Federal,
        source: "47 CFR 64.1200(c)(1)".into(),
        confidence: "the federal rule, for want of a row".into(),
    }
}
