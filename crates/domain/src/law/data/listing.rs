//! The tables as texts by their keys, for comparison, and the law as it was on a date.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::law::data::{Announcement, AreaCodeEntry, RuleData, StateHoliday};
use crate::law::history::{DatedRules, LawHistory};
use crate::law::jurisdiction::{Country, Jurisdiction, JurisdictionRules};
use crate::law::recipient_location::UnknownLocation;
use crate::law::schedule::{DateRange, Holiday, HolidayRule, WeeklyHours, Zone};

impl RuleData {
    /// The law that was, or will be, in force on a date, as if it held always. The other tables have no
    /// dates and stay.
    #[must_use]
    pub fn as_of(&self, date: NaiveDate) -> Self {
        let kept = |day: &StateHoliday| day.holiday.in_force.contains(date);
        let holidays = self.holidays.iter().filter(|day| kept(day)).cloned();
        let jurisdictions = self.jurisdictions.iter();
        Self {
            holidays: holidays
                .map(|day| StateHoliday {
                    holiday: always(&day.holiday),
                    ..day
                })
                .collect(),
            strict: frozen(&self.strict, date),
            jurisdictions: jurisdictions
                .map(|(code, rules)| (*code, frozen(rules, date)))
                .collect(),
            ..self.clone()
        }
    }

    /// The last date of any row of hours or holidays, also of one that is announced.
    pub(in crate::law) fn last_date(&self) -> Option<NaiveDate> {
        let places = self.jurisdictions.values().chain([&self.strict]);
        let hours = places.flat_map(|rules| rules.law.rows().filter_map(|row| row.since));
        let announced = self.announced.iter().filter_map(|one| match &one.what {
            Announcement::Holiday(day) => last_of(&day.holiday).max(one.from),
            Announcement::Hours(_) => one.from,
        });
        let holidays = self.holidays.iter();
        let holidays = holidays.filter_map(|day| last_of(&day.holiday));
        hours.chain(announced).chain(holidays).max()
    }

    /// The rules of a place that cannot be told.
    pub(in crate::law) const fn strict(&self) -> &JurisdictionRules {
        &self.strict
    }

    pub(in crate::law) fn area_code_rows(&self) -> BTreeMap<String, String> {
        let codes = self.area_codes.iter();
        codes
            .map(|(code, entry)| (code.to_string(), area_code(entry)))
            .collect()
    }

    pub(in crate::law) fn refused_rows(&self) -> BTreeMap<String, String> {
        let codes = self.refused.iter();
        let reason = |why: &UnknownLocation| match why {
            UnknownLocation::UnknownAreaCode => "unknown",
            UnknownLocation::TollFree => "toll-free",
            UnknownLocation::OutsideUsCa => "outside the US and Canada",
        };
        codes
            .map(|(code, why)| (code.to_string(), reason(why).to_owned()))
            .collect()
    }

    pub(in crate::law) fn postal_rows(&self) -> BTreeMap<String, String> {
        self.postal_codes.rows().collect()
    }

    pub(in crate::law) fn name_rows(&self) -> BTreeMap<String, String> {
        self.place_names.rows().collect()
    }

    pub(in crate::law) fn shortener_rows(&self) -> BTreeMap<String, String> {
        self.shorteners.rows().collect()
    }
}

fn frozen(rules: &JurisdictionRules, date: NaiveDate) -> JurisdictionRules {
    let row = rules.law.on(date);
    let holidays = row.schedule.holidays.iter();
    let holidays = holidays
        .filter(|day| day.in_force.contains(date))
        .map(always);
    let row = DatedRules {
        since: None,
        schedule: WeeklyHours {
            holidays: holidays.collect(),
            ..row.schedule.clone()
        },
        ..row.clone()
    };
    JurisdictionRules {
        law: LawHistory::new([row]).unwrap_or_else(|| rules.law.clone()),
        ..rules.clone()
    }
}

fn always(holiday: &Holiday) -> Holiday {
    Holiday {
        in_force: DateRange::ALL,
        ..holiday.clone()
    }
}

fn last_of(holiday: &Holiday) -> Option<NaiveDate> {
    let once = match holiday.rule {
        HolidayRule::Once(date) => Some(date),
        HolidayRule::Fixed { .. }
        | HolidayRule::NthWeekday { .. }
        | HolidayRule::Easter { .. }
        | HolidayRule::MondayOf { .. } => None,
    };
    let DateRange { since, until } = holiday.in_force;
    once.max(since).max(until)
}

fn area_code(entry: &AreaCodeEntry) -> String {
    let country = match entry.country {
        Country::UnitedStates => "US",
        Country::Canada => "CA",
    };
    let states: Vec<&str> = entry
        .jurisdictions
        .iter()
        .map(Jurisdiction::as_str)
        .collect();
    let zones: Vec<&str> = entry.zones.iter().map(Zone::name).collect();
    let mut text = format!("{country} {} {}", states.join(";"), zones.join(";"));
    if let Some(date) = entry.assigned_on {
        text.push_str(&format!(", assigned on {date}"));
    }
    text
}
