//! Area codes of the North American Numbering Plan: the location of their numbers, or why messages
//! are not sent to them.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::law::data::Territories;
use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::jurisdiction::{Country, Jurisdiction, JurisdictionRules};
use crate::law::recipient_location::UnknownLocation;
use crate::law::schedule::Zone;
use crate::values::phone::AreaCode;

pub(super) const SERVED: &str = "nanp_area_codes.csv";
pub(super) const REFUSED: &str = "nanp_refused_area_codes.csv";

/// The location of the numbers with an area code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaCodeEntry {
    /// The country of all its states.
    pub country: Country,
    /// The states or provinces it covers; most cover one.
    pub jurisdictions: Box<[Jurisdiction]>,
    /// Every zone in which a number of the code may be.
    pub zones: Box<[Zone]>,
    /// The day on which its first number could be assigned, where known. A number whose code is in
    /// the table exists, so that no message depends on it.
    pub assigned_on: Option<NaiveDate>,
}

/// A place as the area codes define it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Territory {
    pub(super) country: Country,
    pub(super) zones: Vec<Zone>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServedRow {
    area_code: u16,
    country: Country,
    state_or_province: String,
    iana_timezones: String,
    assigned_on: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedRow {
    area_code: u16,
    reason: RefusedReason,
    country: String,
    source: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum RefusedReason {
    TollFree,
    OutsideUsCa,
}

/// Loads the codes of the US and Canada.
pub(super) fn read_served(
    text: &str,
) -> Result<BTreeMap<AreaCode, Located<AreaCodeEntry>>, DataError> {
    let mut entries = BTreeMap::new();
    for Located { line, row } in rows::<ServedRow>(SERVED, text)? {
        let code = area_code(line, row.area_code)?;
        line.not_empty("source", &row.source)?;
        let entry = AreaCodeEntry {
            country: row.country,
            jurisdictions: each(line, &row.state_or_province, Line::jurisdiction)?,
            zones: each(line, &row.iana_timezones, Line::zone)?,
            assigned_on: Some(&*row.assigned_on)
                .filter(|text| !text.is_empty())
                .map(|text| line.date("assigned_on", text))
                .transpose()?,
        };
        if entries.insert(code, Located { line, row: entry }).is_some() {
            return Err(line.error(format!("area code {code} is there twice")));
        }
    }
    Ok(entries)
}

/// Loads the codes to which messages are not sent.
pub(super) fn read_refused(
    text: &str,
    served: &BTreeMap<AreaCode, Located<AreaCodeEntry>>,
) -> Result<HashMap<AreaCode, UnknownLocation>, DataError> {
    let mut refused = HashMap::new();
    for Located { line, row } in rows::<RefusedRow>(REFUSED, text)? {
        let code = area_code(line, row.area_code)?;
        line.not_empty("source", &row.source)?;
        if served.contains_key(&code) {
            return Err(line.error(format!("area code {code} is also in {SERVED}")));
        }
        if (row.reason == RefusedReason::TollFree) != row.country.is_empty() {
            return Err(line.error("a toll-free code has no country, another has one"));
        }
        if refused.insert(code, row.reason.into()).is_some() {
            return Err(line.error(format!("area code {code} is there twice")));
        }
    }
    Ok(refused)
}

/// Collects the states of all codes, each with every zone of its codes.
pub(super) fn territories(
    served: &BTreeMap<AreaCode, Located<AreaCodeEntry>>,
) -> Result<Territories, DataError> {
    let mut territories = Territories::new();
    for Located { line, row: entry } in served.values() {
        for &state in &entry.jurisdictions {
            let territory = territories.entry(state).or_insert_with(|| Territory {
                country: entry.country,
                zones: Vec::new(),
            });
            if territory.country != entry.country {
                return Err(line.error(format!("{state} is in another country above")));
            }
            let new = entry
                .zones
                .iter()
                .filter(|zone| !territory.zones.contains(zone));
            let new: Vec<Zone> = new.cloned().collect();
            territory.zones.extend(new);
        }
    }
    Ok(territories)
}

/// Rejects a code whose state has no rules.
pub(super) fn check_rules_exist(
    served: &BTreeMap<AreaCode, Located<AreaCodeEntry>>,
    rules: &BTreeMap<Jurisdiction, JurisdictionRules>,
) -> Result<(), DataError> {
    for Located { line, row: entry } in served.values() {
        if let Some(state) = entry
            .jurisdictions
            .iter()
            .find(|state| !rules.contains_key(state))
        {
            return Err(line.error(format!("{state} has no quiet hours")));
        }
    }
    Ok(())
}

fn area_code(line: Line, number: u16) -> Result<AreaCode, DataError> {
    AreaCode::new(number).ok_or_else(|| line.error(format!("{number} is not an area code")))
}

/// The parts of a `;`-separated list, without empty or repeated parts.
fn each<T>(
    line: Line,
    list: &str,
    parse: impl Fn(Line, &str) -> Result<T, DataError>,
) -> Result<Box<[T]>, DataError> {
    let mut seen = HashSet::new();
    list.split(';')
        .map(|part| {
            line.first_of(&mut seen, part, part)?;
            parse(line, part)
        })
        .collect()
}

impl From<RefusedReason> for UnknownLocation {
    fn from(reason: RefusedReason) -> Self {
        match reason {
            RefusedReason::TollFree => Self::TollFree,
            RefusedReason::OutsideUsCa => Self::OutsideUsCa,
        }
    }
}
