//! Hours, caps and exemptions by state since their dates, combined with the state's holidays and zones.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use serde::Deserialize;

use crate::law::data::Territories;
use crate::law::data::announced::{Announced, Announcement};
use crate::law::data::dating::{Dating, Order, Review, Status};
use crate::law::data::holidays::{Holidays, StateHoliday};
use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::history::{DatedRules, LawHistory, TextCoverage};
use crate::law::jurisdiction::{Country, Jurisdiction, JurisdictionRules};
use crate::law::schedule::{DateRange, Holiday, Week, WeeklyHours, Window, Zone};

pub(super) const FILE: &str = "state_quiet_hours.csv";

/// The rows of the table.
#[derive(Debug)]
pub(super) struct QuietHours {
    pub(super) jurisdictions: BTreeMap<Jurisdiction, JurisdictionRules>,
    pub(super) strict: JurisdictionRules,
    pub(super) announced: Vec<Announced>,
    pub(super) reviews: Vec<Review>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    state: String,
    effective_from: String,
    status: Status,
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
    reviewed_on: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum YesNo {
    Yes,
    No,
}

/// The rows of one state that judge, in the order of their dates.
type StateRows = Vec<(Dating, Located<Row>)>;

/// Loads the rules of every state, and those for an unknown place.
pub(super) fn read(
    text: &str,
    territories: &Territories,
    holidays: &Holidays,
) -> Result<QuietHours, DataError> {
    let everywhere = distinct(&holidays.all);
    let (mut announced, mut reviews, mut order) = (Vec::new(), Vec::new(), Order::new());
    let mut by_state: BTreeMap<Jurisdiction, StateRows> = BTreeMap::new();
    for Located { line, row } in rows::<Row>(FILE, text)? {
        let state = line.jurisdiction(&row.state)?;
        let dating = Dating::read(line, &row.effective_from, row.status)?;
        order.next(line, &state, state.as_str(), dating)?;
        let is_served = state == Jurisdiction::DEFAULT_STRICT || territories.contains_key(&state);
        if !is_served {
            return Err(line.error(format!("no area code is in {state}")));
        }
        reviews.push(Review {
            line,
            what: state.to_string(),
            reviewed_on: line.date("reviewed_on", &row.reviewed_on)?,
            dating,
        });
        if dating.status == Status::Proposed {
            announced.push(Announced {
                jurisdiction: state,
                from: dating.from,
                what: Announcement::Hours(Box::new(row.rules(line, dating, &[])?)),
            });
        } else {
            let located = Located { line, row };
            by_state.entry(state).or_default().push((dating, located));
        }
    }
    let strict = by_state
        .remove(&Jurisdiction::DEFAULT_STRICT)
        .ok_or_else(|| Line::header(FILE).error("DEFAULT_STRICT is missing"))?;
    let strict = history(Jurisdiction::DEFAULT_STRICT, None, &strict, &everywhere)?;
    let mut jurisdictions = BTreeMap::new();
    for (state, rows) in &by_state {
        let place = territories
            .get(state)
            .map(|place| (place.country, &*place.zones));
        let own = own_holidays(*state, rows, &holidays.all)?;
        jurisdictions.insert(*state, history(*state, place, rows, &own)?);
    }
    let without = |holiday: &&Located<StateHoliday>| !by_state.contains_key(&holiday.row.state);
    if let Some(stray) = holidays.all.iter().find(without) {
        return Err(stray.line.error("the state has no quiet hours"));
    }
    add_missing_territories(&mut jurisdictions, territories);
    Ok(QuietHours {
        jurisdictions,
        strict,
        announced,
        reviews,
    })
}

/// The law of one state from all its rows.
fn history(
    jurisdiction: Jurisdiction,
    place: Option<(Country, &[Zone])>,
    rows: &StateRows,
    holidays: &[Holiday],
) -> Result<JurisdictionRules, DataError> {
    let country = place.map(|(country, _)| country);
    let read = |(dating, Located { line, row }): &(Dating, Located<Row>)| match dating.status {
        Status::Repealed => row.repealed(*line, *dating, country),
        Status::Enacted | Status::Proposed => row.rules(*line, *dating, holidays),
    };
    let law: Vec<DatedRules> = rows.iter().map(read).collect::<Result<_, _>>()?;
    if let Some((
        Dating {
            from: Some(from), ..
        },
        first,
    )) = rows.first()
    {
        let (state, line) = (jurisdiction, first.line);
        return Err(line.error(format!(
            "the law of {state} from 2021 until {from} is missing"
        )));
    }
    let law = LawHistory::new(law)
        .ok_or_else(|| Line::header(FILE).error(format!("{jurisdiction} is missing")))?;
    Ok(JurisdictionRules {
        jurisdiction,
        country,
        zones: place.map(|(_, zones)| zones.into()).unwrap_or_default(),
        law,
    })
}

/// The state's holidays. Both files must agree about when it keeps any.
fn own_holidays(
    state: Jurisdiction,
    rows: &StateRows,
    all: &[Located<StateHoliday>],
) -> Result<Box<[Holiday]>, DataError> {
    let own: Vec<&Located<StateHoliday>> = all
        .iter()
        .filter(|holiday| holiday.row.state == state)
        .collect();
    let ends = rows
        .iter()
        .skip(1)
        .map(|(dating, _)| dating.from)
        .chain([None]);
    let mut closing = Vec::new();
    for ((dating, Located { line, row }), until) in rows.iter().zip(ends) {
        let since = dating.from;
        let period = DateRange { since, until };
        if row.holidays_blocked == YesNo::No || dating.status == Status::Repealed {
            continue;
        }
        if !own
            .iter()
            .any(|day| day.row.holiday.in_force.overlaps(period))
        {
            return Err(line.error("holidays are blocked and none is listed"));
        }
        closing.push(period);
    }
    let idle = own.iter().find(|day| {
        let in_force = day.row.holiday.in_force;
        !closing.iter().any(|period| in_force.overlaps(*period))
    });
    match idle {
        Some(idle) => Err(idle.line.error("the state's holidays are not blocked")),
        None => Ok(own.iter().map(|day| day.row.holiday.clone()).collect()),
    }
}

impl Row {
    fn rules(
        &self,
        line: Line,
        dating: Dating,
        holidays: &[Holiday],
    ) -> Result<DatedRules, DataError> {
        if self.max_per_24h == Some(0) {
            return Err(line.error("a cap of no messages at all"));
        }
        if self.replies_allowed == YesNo::Yes {
            line.not_empty("replies_source", &self.replies_source)?;
        }
        let fixed_zone = Some(&self.fixed_zone).filter(|name| !name.is_empty());
        Ok(DatedRules {
            since: dating.from,
            schedule: WeeklyHours {
                week: self.week(line)?,
                holidays: match self.holidays_blocked {
                    YesNo::Yes => holidays.into(),
                    YesNo::No => Box::default(),
                },
                fixed_zone: fixed_zone.map(|name| line.zone(name)).transpose()?,
            },
            max_per_24h: self.max_per_24h,
            replies_allowed: self.replies_allowed == YesNo::Yes,
            text_coverage: text_coverage(line, &self.applies_to_text)?,
            source: line.not_empty("source", &self.source)?,
            confidence: line.not_empty("confidence", &self.confidence)?,
        })
    }

    /// The federal rule, which remains when a state repeals its own.
    fn repealed(
        &self,
        line: Line,
        dating: Dating,
        country: Option<Country>,
    ) -> Result<DatedRules, DataError> {
        if country != Some(Country::UnitedStates) {
            return Err(line.error("a repeal leaves the federal law of the US: write what holds"));
        }
        let says_nothing = [
            &self.weekday_start,
            &self.weekday_end,
            &self.saturday_start,
            &self.saturday_end,
            &self.sunday_start,
            &self.sunday_end,
            &self.fixed_zone,
            &self.replies_source,
        ];
        let is_empty = says_nothing.iter().all(|text| text.is_empty())
            && self.max_per_24h.is_none()
            && (self.holidays_blocked, self.replies_allowed) == (YesNo::No, YesNo::No);
        if !is_empty {
            return Err(line.error("a repeal has no hours, cap, holidays or exemption of its own"));
        }
        Ok(DatedRules {
            since: dating.from,
            source: line.not_empty("source", &self.source)?,
            confidence: line.not_empty("confidence", &self.confidence)?,
            ..federal()
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

/// The holidays of all states, for a place that may be any of them. Those that another one covers,
/// whatever its name, are left out.
fn distinct(holidays: &[Located<StateHoliday>]) -> Vec<Holiday> {
    let mut all: Vec<Holiday> = Vec::new();
    for Located { row, .. } in holidays {
        let covers = |one: &Holiday, other: &Holiday| {
            (one.rule, one.years, one.observed) == (other.rule, other.years, other.observed)
                && one.in_force.covers(other.in_force)
        };
        if !all.iter().any(|other| covers(other, &row.holiday)) {
            all.retain(|other| !covers(&row.holiday, other));
            all.push(row.holiday.clone());
        }
    }
    all
}

/// A US territory without a row keeps the federal hours.
fn add_missing_territories(
    rules: &mut BTreeMap<Jurisdiction, JurisdictionRules>,
    territories: &Territories,
) {
    for jurisdiction in Jurisdiction::TERRITORIES {
        if let Some(place) = territories.get(&jurisdiction)
            && let Some(law) = LawHistory::new([federal()])
        {
            rules.entry(jurisdiction).or_insert(JurisdictionRules {
                jurisdiction,
                country: Some(Country::UnitedStates),
                zones: place.zones.as_slice().into(),
                law,
            });
        }
    }
}

/// 8 a.m. to 9 p.m. at the called party's location: 47 CFR 64.1200(c)(1).
fn federal() -> DatedRules {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0);
    let window = hour(8)
        .zip(hour(21))
        .and_then(|(start, end)| Window::new(start, end));
    DatedRules {
        since: None,
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
