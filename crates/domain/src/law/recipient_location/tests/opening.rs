//! When the places are open.

use chrono::TimeDelta;

use crate::law::recipient_location::tests::*;

/// An instant written in the local time of a place.
fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// Asserts the first open instant within a week.
#[track_caller]
fn assert_next(places: &Places<'_>, from: &str, opening: &str) {
    let from = at(from);
    assert_eq!(
        places.next_open(from, from + TimeDelta::days(7)),
        Some(at(opening))
    );
}

#[test]
fn florida_opens_on_wednesday_at_eight_after_a_tuesday_evening() {
    assert_next(
        &places(305),
        "2026-12-15T21:30:00-05:00",
        "2026-12-16T08:00:00-05:00",
    );
}

#[test]
fn florida_is_open_until_the_last_instant_before_eight_in_the_evening() {
    let miami = places(305);
    assert_eq!(miami.open_at(at("2026-12-15T19:59:59-05:00")), Ok(()));
    assert_eq!(
        miami.open_at(at("2026-12-15T19:59:59.999999-05:00")),
        Ok(())
    );
    let closed = miami.open_at(at("2026-12-15T20:00:00-05:00")).unwrap_err();
    assert_eq!(
        closed.to_string(),
        "FL: outside 08:00-20:00 in America/New_York"
    );
}

#[test]
fn texas_opens_on_sunday_at_noon_after_a_saturday_night() {
    assert_next(
        &places(214),
        "2026-12-12T21:00:00-06:00",
        "2026-12-13T12:00:00-06:00",
    );
}

#[test]
fn vancouver_keeps_the_same_offset_in_winter_and_summer() {
    let vancouver = places(604);
    assert_next(
        &vancouver,
        "2026-12-15T03:00:00-07:00",
        "2026-12-15T09:00:00-07:00",
    );
    assert_next(
        &vancouver,
        "2027-07-15T03:00:00-07:00",
        "2027-07-15T09:00:00-07:00",
    );
}

#[test]
fn calgary_keeps_the_same_offset_in_winter_and_summer() {
    let calgary = places(403);
    assert_next(
        &calgary,
        "2026-12-15T03:00:00-06:00",
        "2026-12-15T09:00:00-06:00",
    );
    assert_next(
        &calgary,
        "2027-07-15T03:00:00-06:00",
        "2027-07-15T09:00:00-06:00",
    );
}

#[test]
fn a_423_number_waits_for_its_western_zone_in_the_morning_and_its_eastern_one_at_night() {
    let tennessee = places(423);
    assert_next(
        &tennessee,
        "2026-12-15T08:30:00-05:00",
        "2026-12-15T08:00:00-06:00",
    );
    assert_eq!(tennessee.open_at(at("2026-12-15T20:59:59-05:00")), Ok(()));
    let closed = tennessee
        .open_at(at("2026-12-15T21:00:00-05:00"))
        .unwrap_err();
    assert_eq!(closed.zone.name(), "America/New_York");
    assert_next(
        &tennessee,
        "2026-12-15T21:00:00-05:00",
        "2026-12-16T08:00:00-06:00",
    );
}

#[test]
fn louisiana_is_closed_on_mardi_gras() {
    let louisiana = places(504);
    let closed = louisiana
        .open_at(at("2027-02-09T12:00:00-06:00"))
        .unwrap_err();
    assert_eq!(closed.closure, Closure::Holiday("Mardi Gras"));
    assert_next(
        &louisiana,
        "2027-02-09T12:00:00-06:00",
        "2027-02-10T08:00:00-06:00",
    );
}

#[test]
fn louisiana_is_closed_on_the_monday_after_a_sunday_holiday() {
    assert_next(
        &places(504),
        "2027-07-03T20:00:00-05:00",
        "2027-07-06T08:00:00-05:00",
    );
}

#[test]
fn rhode_island_closes_over_thanksgiving_and_on_sundays() {
    let closed = places(401)
        .open_at(at("2026-11-26T12:00:00-05:00"))
        .unwrap_err();
    assert_eq!(closed.closure, Closure::Holiday("Thanksgiving"));
    assert_next(
        &places(401),
        "2026-11-28T17:00:00-05:00",
        "2026-11-30T09:00:00-05:00",
    );
}

#[test]
fn mississippi_keeps_central_time_wherever_the_recipient_is() {
    let moved = stated_places(212, state("MS"));
    assert_next(
        &moved,
        "2026-12-15T08:00:00-05:00",
        "2026-12-15T08:00:00-06:00",
    );
    let closed = moved.open_at(at("2026-12-15T20:00:00-06:00")).unwrap_err();
    assert_eq!(closed.jurisdiction.as_str(), "NY");
    let closed = moved.open_at(at("2026-12-15T08:30:00-05:00")).unwrap_err();
    assert_eq!(
        (closed.jurisdiction.as_str(), closed.zone.name()),
        ("MS", "America/Chicago")
    );
}

#[test]
fn newfoundland_opens_by_its_half_hour_offsets() {
    assert_next(
        &places(709),
        "2026-12-15T03:00:00-03:30",
        "2026-12-15T09:00:00-04:00",
    );
    let closed = places(709)
        .open_at(at("2026-12-15T21:30:00-03:30"))
        .unwrap_err();
    assert_eq!(closed.zone.name(), "America/St_Johns");
}

#[test]
fn the_morning_after_each_clock_change_opens_by_the_new_clock() {
    let miami = places(305);
    assert_next(
        &miami,
        "2027-03-13T20:00:00-05:00",
        "2027-03-14T08:00:00-04:00",
    );
    assert_next(
        &miami,
        "2026-10-31T20:00:00-04:00",
        "2026-11-01T08:00:00-05:00",
    );
}

#[test]
fn midnight_at_the_recipient_changes_the_day_of_the_week() {
    let texas = places(214);
    let closure = |text| texas.open_at(at(text)).unwrap_err().closure.to_string();
    assert_eq!(closure("2026-12-12T23:59:59-06:00"), "outside 09:00-21:00");
    assert_eq!(closure("2026-12-13T00:00:00-06:00"), "outside 12:00-21:00");
}

#[test]
fn places_far_apart_share_the_hours_in_which_both_are_open() {
    let both = stated_places(808, state("NY"));
    assert_next(
        &both,
        "2026-12-15T05:00:00-10:00",
        "2026-12-15T08:00:00-10:00",
    );
    assert_next(
        &both,
        "2026-12-15T16:00:00-10:00",
        "2026-12-16T08:00:00-10:00",
    );
}

#[test]
fn places_without_a_common_hour_never_open() {
    // In summer Guam opens at the very instant at which Rhode Island closes.
    let from = at("2026-07-13T00:00:00Z");
    let both = stated_places(671, state("RI"));
    assert_eq!(both.next_open(from, from + TimeDelta::days(7)), None);
}

#[test]
fn a_horizon_before_the_opening_leaves_no_instant() {
    let (from, opening) = (
        at("2026-12-15T21:30:00-05:00"),
        at("2026-12-16T08:00:00-05:00"),
    );
    assert_eq!(places(305).next_open(from, opening), Some(opening));
    assert_eq!(
        places(305).next_open(from, opening - TimeDelta::microseconds(1)),
        None
    );
}
