//! What a number did in a span of days, in the published shape: counts by day in UTC.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::numbers::ReputationEvent;
use sms_domain::ports::{HarmfulEvent, NumberHistory};

use super::wire::{Amount, Integer};

/// Who opted out after a message from a number.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberOptOutMetricsResponse {
    /// The days that are counted.
    pub(crate) window_days: Integer,
    /// When they begin.
    pub(crate) window_started_at: DateTime<Utc>,
    /// How many people were texted; null, as people are not counted by number.
    #[oai(nullable)]
    pub(crate) distinct_contacted_count: Option<Integer>,
    /// How many opted out.
    pub(crate) opt_out_count: Integer,
    /// Opt-outs in a hundred people; null, as people are not counted by number.
    #[oai(nullable)]
    pub(crate) opt_out_rate_percent: Option<Amount>,
}

/// What a number sent.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberTrafficMetricsResponse {
    /// The days that are counted.
    pub(crate) window_days: Integer,
    /// When they begin.
    pub(crate) window_started_at: DateTime<Utc>,
    /// Messages that took capacity of the number.
    pub(crate) sms_sent_count: Integer,
    /// Messages that were refused or not delivered.
    pub(crate) sms_failed_count: Integer,
    /// Messages with media; null, as they are counted with the others.
    #[oai(nullable)]
    pub(crate) mms_sent_count: Option<Integer>,
    /// Messages with media that were not delivered; null, as they are counted with the others.
    #[oai(nullable)]
    pub(crate) mms_failed_count: Option<Integer>,
    /// Calls: none.
    pub(crate) call_placed_count: Integer,
    /// Calls that failed: none.
    pub(crate) call_failed_count: Integer,
    /// Calls that were answered: none.
    pub(crate) call_connected_count: Integer,
    /// Short calls: none.
    pub(crate) call_short_count: Integer,
    /// Calls to invalid numbers: none.
    pub(crate) call_invalid_number_count: Integer,
    /// The same by day in UTC.
    pub(crate) trend: Vec<PhoneNumberTrafficTrendPoint>,
}

/// What a number sent in a day.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberTrafficTrendPoint {
    /// When the day begins, in UTC.
    pub(crate) start_at: DateTime<Utc>,
    /// When it ends.
    pub(crate) end_at: DateTime<Utc>,
    /// The day.
    pub(crate) label: String,
    /// Messages that took capacity of the number.
    pub(crate) sms_sent_count: Integer,
    /// Messages that were refused or not delivered.
    pub(crate) sms_failed_count: Integer,
    /// Messages with media; null, as they are counted with the others.
    #[oai(nullable)]
    pub(crate) mms_sent_count: Option<Integer>,
    /// Messages with media that were not delivered; null, as they are counted with the others.
    #[oai(nullable)]
    pub(crate) mms_failed_count: Option<Integer>,
    /// Calls: none.
    pub(crate) call_placed_count: Integer,
    /// Calls that failed: none.
    pub(crate) call_failed_count: Integer,
}

/// The days that are counted, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    first: NaiveDate,
    last: NaiveDate,
}

impl Window {
    /// The most days: as long as usage is kept.
    pub(crate) const MOST_DAYS: u64 = 14;
    /// The days when none are asked for.
    pub(crate) const USUAL_DAYS: u64 = 7;

    /// From one day to another, both included.
    pub(crate) const fn new(first: NaiveDate, last: NaiveDate) -> Self {
        Self { first, last }
    }

    /// The last days up to one.
    pub(crate) fn ending(last: NaiveDate, days: u64) -> Self {
        let before = Days::new(days.saturating_sub(1));
        Self::new(last.checked_sub_days(before).unwrap_or(last), last)
    }

    /// How many days.
    pub(crate) fn days(self) -> u32 {
        let days = self.last.signed_duration_since(self.first).num_days() + 1;
        u32::try_from(days).unwrap_or_default()
    }

    /// When it begins.
    pub(crate) fn from(self) -> DateTime<Utc> {
        midnight(self.first)
    }

    /// When it ends.
    pub(crate) fn to(self) -> DateTime<Utc> {
        midnight(next(self.last))
    }

    fn each_day(self) -> impl Iterator<Item = NaiveDate> {
        self.first
            .iter_days()
            .take_while(move |day| *day <= self.last)
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

/// Whether a person opted out.
pub(super) const fn is_opt_out(event: &HarmfulEvent) -> bool {
    matches!(event.kind, ReputationEvent::OptOut)
}

/// The opt-outs of a window.
pub(super) fn opt_outs(
    history: &NumberHistory,
    window: Window,
) -> PhoneNumberOptOutMetricsResponse {
    let events = history.events.iter();
    PhoneNumberOptOutMetricsResponse {
        window_days: window.days().into(),
        window_started_at: window.from(),
        distinct_contacted_count: None,
        opt_out_count: counted(events.filter(|event| is_opt_out(event)).count()),
        opt_out_rate_percent: None,
    }
}

fn counted(count: usize) -> Integer {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

/// The traffic of a window.
pub(super) fn traffic(
    history: &NumberHistory,
    window: Window,
) -> PhoneNumberTrafficMetricsResponse {
    let mut days: BTreeMap<NaiveDate, (u32, u32)> =
        window.each_day().map(|day| (day, (0, 0))).collect();
    for (hour, sent) in &history.sent {
        if let Some((all, _)) = days.get_mut(&hour.date_naive()) {
            *all = all.saturating_add(*sent);
        }
    }
    for event in history.events.iter().filter(|event| !is_opt_out(event)) {
        if let Some((_, failed)) = days.get_mut(&event.at.date_naive()) {
            *failed = failed.saturating_add(1);
        }
    }
    let sum = |part: fn(&(u32, u32)) -> u32| {
        let all = days.values().map(part);
        Integer::from(all.fold(0, u32::saturating_add))
    };
    PhoneNumberTrafficMetricsResponse {
        window_days: window.days().into(),
        window_started_at: window.from(),
        sms_sent_count: sum(|(sent, _)| *sent),
        sms_failed_count: sum(|(_, failed)| *failed),
        mms_sent_count: None,
        mms_failed_count: None,
        call_placed_count: 0.into(),
        call_failed_count: 0.into(),
        call_connected_count: 0.into(),
        call_short_count: 0.into(),
        call_invalid_number_count: 0.into(),
        trend: days
            .iter()
            .map(|(day, counts)| point(*day, *counts))
            .collect(),
    }
}

fn point(day: NaiveDate, (sent, failed): (u32, u32)) -> PhoneNumberTrafficTrendPoint {
    PhoneNumberTrafficTrendPoint {
        start_at: midnight(day),
        end_at: midnight(next(day)),
        label: day.to_string(),
        sms_sent_count: sent.into(),
        sms_failed_count: failed.into(),
        mms_sent_count: None,
        mms_failed_count: None,
        call_placed_count: 0.into(),
        call_failed_count: 0.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_has_whole_days_and_its_ends() {
        let window = Window::ending(day("2026-03-03"), 7);
        assert_eq!(window, Window::new(day("2026-02-25"), day("2026-03-03")));
        assert_eq!(window.days(), 7);
        assert_eq!(window.from(), at("2026-02-25T00:00:00Z"));
        assert_eq!(window.to(), at("2026-03-04T00:00:00Z"));
    }

    #[test]
    fn what_was_sent_and_what_failed_is_counted_by_day() {
        let event = |kind, text| HarmfulEvent {
            kind,
            at: at(text),
            reference: "1".to_owned(),
        };
        let history = NumberHistory {
            sent: vec![
                (at("2026-03-02T23:00:00Z"), 3),
                (at("2026-03-03T00:00:00Z"), 4),
                (at("2026-03-03T01:00:00Z"), 5),
            ],
            events: vec![
                event(ReputationEvent::Undelivered, "2026-03-03T02:00:00Z"),
                event(ReputationEvent::OptOut, "2026-03-03T01:00:00Z"),
            ],
        };
        let window = Window::ending(day("2026-03-03"), 2);
        let shown = serde_json::to_value(traffic(&history, window)).unwrap();
        let parts = |value: &serde_json::Value| {
            json!([
                value["label"],
                value["smsSentCount"],
                value["smsFailedCount"]
            ])
        };
        assert_eq!(parts(&shown["trend"][0]), json!(["2026-03-02", 3, 0]));
        assert_eq!(parts(&shown["trend"][1]), json!(["2026-03-03", 9, 1]));
        assert_eq!(shown["smsSentCount"], 12);
        let people = serde_json::to_value(opt_outs(&history, window)).unwrap();
        assert_eq!(people["optOutCount"], 1);
    }
}
