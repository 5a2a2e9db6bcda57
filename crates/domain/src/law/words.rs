//! Law in words, one line a row. This module must not know where the words are shown.

use crate::law::data::{Announcement, StateHoliday};
use crate::law::history::DatedRules;
use crate::law::schedule::{Observed, Window, Years};

impl DatedRules {
    /// What the row says, without its citation: `08:00-20:00, Sun closed, no holidays, 3 in 24 h`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let window =
            |window: Option<Window>| window.map_or("closed".to_owned(), |it| it.to_string());
        let week = &self.schedule.week;
        let mut words = vec![window(week.weekday)];
        for (day, other) in [("Sat", week.saturday), ("Sun", week.sunday)] {
            if other != week.weekday {
                words.push(format!("{day} {}", window(other)));
            }
        }
        if let Some(zone) = &self.schedule.fixed_zone {
            words.push(format!("by the clock of {zone}"));
        }
        if !self.schedule.holidays.is_empty() {
            words.push("closed on holidays".to_owned());
        }
        if let Some(cap) = self.max_per_24h {
            words.push(format!("{cap} in 24 h"));
        }
        if self.replies_allowed {
            words.push("replies exempt".to_owned());
        }
        words.join(", ")
    }
}

impl StateHoliday {
    /// The holiday, when it is observed and since when, without its citation.
    #[must_use]
    pub fn in_words(&self) -> String {
        let holiday = &self.holiday;
        let mut words = vec![holiday.name.to_string()];
        match holiday.years {
            Years::All => {}
            Years::Even => words.push("even years".to_owned()),
        }
        match holiday.observed {
            Observed::OwnDateOnly => {}
            Observed::SundayOnMonday => words.push("Sunday on Monday".to_owned()),
            Observed::NearestWeekday => {
                words.push("Sunday on Monday, Saturday on Friday".to_owned());
            }
        }
        let dates = [
            ("from", holiday.in_force.since),
            ("until", holiday.in_force.until),
        ];
        for (word, date) in dates {
            words.extend(date.map(|date| format!("{word} {date}")));
        }
        words.join(", ")
    }
}

impl Announcement {
    /// What would hold, without its citation.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Hours(rules) => rules.in_words(),
            Self::Holiday(holiday) => holiday.in_words(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::law::RuleData;

    #[test]
    fn a_row_is_said_in_one_line() {
        let rules = RuleData::bundled().unwrap();
        let on = "2026-12-01".parse().unwrap();
        let words = |state: &str| {
            let mut places = rules.jurisdictions();
            let place = places.find(|place| place.jurisdiction.as_str() == state);
            place.unwrap().law.on(on).in_words()
        };
        assert_eq!(words("CT"), "09:00-20:00");
        assert_eq!(words("FL"), "08:00-20:00, 3 in 24 h, replies exempt");
        assert_eq!(
            words("RI"),
            "09:00-18:00, Sat 10:00-17:00, Sun closed, closed on holidays"
        );
        assert_eq!(
            words("MS"),
            "08:00-20:00, Sun closed, by the clock of America/Chicago"
        );
    }

    #[test]
    fn a_holiday_is_said_with_its_observance_and_dates() {
        let rules = RuleData::bundled().unwrap();
        let words = |state: &str, key: &str| {
            let mut days = rules.holidays();
            let day = days.find(|day| day.state.as_str() == state && &*day.key == key);
            day.unwrap().in_words()
        };
        assert_eq!(words("UT", "easter:-2"), "Good Friday, from 2026-05-06");
        assert_eq!(words("RI", "nth:11:Mon:1:+1"), "Election Day, even years");
        assert_eq!(
            words("LA", "fixed:07-04"),
            "Independence Day, Sunday on Monday, Saturday on Friday"
        );
    }
}
