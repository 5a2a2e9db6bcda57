//! Minutes that open or close.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::days::Days;
use super::{LawChange, LawChangeKind, Minutes};
use crate::law::data::RuleData;
use crate::law::history::LawHistory;
use crate::law::jurisdiction::Jurisdiction;
use crate::law::schedule::{WeeklyHours, Zone};

/// A part of a day that opens or closes.
type Part = (LawChangeKind, Minutes);

/// From an instant until before another.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// The smallest difference of instants.
const TICK: TimeDelta = TimeDelta::microseconds(1);

pub(super) fn changes(
    old: &RuleData,
    new: &RuleData,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<LawChange> {
    let places = old.jurisdictions().map(|rules| rules.jurisdiction);
    let places = places.filter(|place| {
        new.jurisdictions()
            .any(|rules| rules.jurisdiction == *place)
    });
    let anywhere = zones_of_all(old, new);
    let mut changes = Vec::new();
    for place in places.chain([Jurisdiction::DEFAULT_STRICT]) {
        let (before, after) = (old.rules_of(place), new.rules_of(place));
        if before.law == after.law {
            continue;
        }
        let zones = match place {
            Jurisdiction::DEFAULT_STRICT => &*anywhere,
            _ => &*before.zones,
        };
        let in_both =
            |zone: &&Zone| place == Jurisdiction::DEFAULT_STRICT || after.zones.contains(zone);
        let zones = zones.iter().filter(in_both).collect();
        changes.extend(of_place(
            place,
            (&before.law, &after.law),
            zones,
            (first, last),
        ));
    }
    changes
}

/// The zones in which an unknown place may be.
fn zones_of_all(old: &RuleData, new: &RuleData) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for rules in old.jurisdictions().chain(new.jurisdictions()) {
        for zone in &rules.zones {
            if !zones.contains(zone) {
                zones.push(zone.clone());
            }
        }
    }
    zones.sort_by(|a, b| a.name().cmp(b.name()));
    zones
}

/// The changes of one place. Zones in which the same parts of the same days change share a row.
fn of_place(
    place: Jurisdiction,
    laws: (&LawHistory, &LawHistory),
    zones: Vec<&Zone>,
    dates: (NaiveDate, NaiveDate),
) -> Vec<LawChange> {
    let differing = differing_days(laws, dates);
    let mut alike: BTreeMap<Vec<(Part, Vec<NaiveDate>)>, Vec<String>> = BTreeMap::new();
    for zone in zones {
        let mut parts: BTreeMap<Part, Vec<NaiveDate>> = BTreeMap::new();
        for &date in &differing {
            for part in parts_of_day(laws, zone, date) {
                parts.entry(part).or_default().push(date);
            }
        }
        let key = parts.into_iter().collect();
        alike.entry(key).or_default().push(zone.name().to_owned());
    }
    let mut changes = Vec::new();
    for (parts, zones) in alike {
        for ((kind, minutes), dates) in parts {
            changes.extend(Days::of(&dates).into_iter().map(|days| LawChange {
                zones: zones.clone(),
                days: Some(days),
                minutes: Some(minutes),
                ..LawChange::of(kind, place.as_str(), "", "")
            }));
        }
    }
    changes
}

/// The days on which the two laws may differ: all but those that both give the same window of the
/// person's own clock.
fn differing_days(
    (old, new): (&LawHistory, &LawHistory),
    (first, last): (NaiveDate, NaiveDate),
) -> Vec<NaiveDate> {
    let differ = |date: &NaiveDate| {
        let (old, new) = (&old.on(*date).schedule, &new.on(*date).schedule);
        let is_own_clock = old.fixed_zone.is_none() && new.fixed_zone.is_none();
        !(old == new || is_own_clock && old.open_on(*date) == new.open_on(*date))
    };
    let days = first.iter_days().take_while(|date| *date <= last);
    days.filter(differ).collect()
}

/// The parts of a local day that open or close.
fn parts_of_day((old, new): (&LawHistory, &LawHistory), zone: &Zone, date: NaiveDate) -> Vec<Part> {
    let Some(next) = date.succ_opt() else {
        return Vec::new();
    };
    let day = (zone.start_of_day(date), zone.start_of_day(next));
    let before = open_spans(&old.on(date).schedule, zone, day);
    let after = open_spans(&new.on(date).schedule, zone, day);
    let parts = |kind, spans: Vec<Span>| {
        let parts = spans
            .into_iter()
            .flat_map(|span| by_the_clock(zone, date, day, span));
        parts
            .map(move |minutes| (kind, minutes))
            .collect::<Vec<Part>>()
    };
    let closes = parts(LawChangeKind::Closes, without(&before, &after));
    [
        closes,
        parts(LawChangeKind::Opens, without(&after, &before)),
    ]
    .concat()
}

/// The instants of a day of the person at which a schedule is open, in order.
fn open_spans(schedule: &WeeklyHours, zone: &Zone, (start, end): Span) -> Vec<Span> {
    let clock = schedule.zone_for(zone);
    let mut spans: Vec<Span> = Vec::new();
    for (from, until) in steady(clock, (start, end)) {
        let offset = clock.offset_at(from);
        let instant = |date: NaiveDate, time: NaiveTime| date.and_time(time).and_utc() - offset;
        let (first, last) = (clock.local(from).date(), clock.local(until - TICK).date());
        for date in first.iter_days().take_while(|date| *date <= last) {
            let Some(window) = schedule.open_on(date) else {
                continue;
            };
            let opens = instant(date, window.start()).max(from);
            let closes = instant(date, window.end()).min(until);
            match spans.last_mut() {
                _ if opens >= closes => {}
                Some(before) if before.1 == opens => before.1 = closes,
                Some(_) | None => spans.push((opens, closes)),
            }
        }
    }
    spans
}

/// The parts of a span in which the clock runs evenly.
fn steady(clock: &Zone, (start, end): Span) -> Vec<Span> {
    let (mut parts, mut from) = (Vec::new(), start);
    while from < end {
        let change = clock
            .next_offset_change(from)
            .filter(|change| *change < end);
        let until = change.unwrap_or(end);
        parts.push((from, until));
        from = until;
    }
    parts
}

/// What is in some spans and in none of the others; both are in order.
fn without(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for &(start, end) in spans {
        let mut from = start;
        for &(other_start, other_end) in others {
            if from < other_start.min(end) {
                left.push((from, other_start.min(end)));
            }
            from = from.max(other_end);
        }
        if from < end {
            left.push((from, end));
        }
    }
    left
}

/// A span of a day as the clock of the person shows it.
fn by_the_clock(zone: &Zone, date: NaiveDate, day: Span, span: Span) -> Vec<Minutes> {
    let repeated = repeated(zone, day);
    let parts = steady(zone, span).into_iter().filter_map(|(from, until)| {
        let (start, end) = (zone.local(from), zone.local(until - TICK) + TICK);
        let minute = |local: NaiveDateTime| {
            let since_midnight = local - date.and_time(NaiveTime::MIN);
            u32::try_from(since_midnight.num_minutes()).ok()
        };
        let is_repeated = repeated.is_some_and(|(first, last)| start < last && first < end);
        let offset = i32::try_from(zone.offset_at(from).num_seconds()).ok();
        Some(Minutes {
            start: minute(start)?,
            end: minute(end)?,
            offset: offset.filter(|_| is_repeated),
        })
    });
    parts.collect()
}

/// The times that the clock shows twice on a day.
fn repeated(zone: &Zone, day: Span) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let (_, changes) = steady(zone, day)
        .into_iter()
        .unzip::<_, _, Vec<_>, Vec<_>>();
    let mut changes = changes.into_iter().filter(|change| *change < day.1);
    changes.find_map(|change| {
        let (again, before) = (zone.local(change), zone.local(change - TICK) + TICK);
        (again < before).then_some((again, before))
    })
}
