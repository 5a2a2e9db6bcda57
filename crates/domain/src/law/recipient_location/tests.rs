//! The possible locations of a recipient, by area code and stated address.

mod opening;

use crate::law::recipient_location::*;
use crate::law::stated::StatedAddress;
use crate::values::phone::AreaCode;

fn rules() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

fn read(area_code: u16, stated: StatedAddress<'_>) -> StatedPlaces {
    let code = AreaCode::new(area_code).unwrap();
    let near = rules().area_code(code);
    let near = near.map_or(&[][..], |entry| &*entry.jurisdictions);
    StatedPlaces::read(rules(), stated, near)
}

fn locate(area_code: u16, stated: StatedAddress<'_>) -> RecipientLocation<'static> {
    let phone = PhoneNumber::parse(&format!("+1{area_code}5550100")).unwrap();
    RecipientLocation::locate(rules(), &phone, &read(area_code, stated))
}

/// The places of a number without a stated address.
fn places(area_code: u16) -> Places<'static> {
    stated_places(area_code, StatedAddress::default())
}

fn stated_places(area_code: u16, stated: StatedAddress<'_>) -> Places<'static> {
    match locate(area_code, stated) {
        RecipientLocation::Known(places) => places,
        RecipientLocation::Unknown(reason) => panic!("{area_code}: {reason:?}"),
    }
}

fn state(text: &str) -> StatedAddress<'_> {
    StatedAddress {
        state: Some(text),
        ..StatedAddress::default()
    }
}

fn postal_code(text: &str) -> StatedAddress<'_> {
    StatedAddress {
        postal_code: Some(text),
        ..StatedAddress::default()
    }
}

fn codes(places: &Places<'_>) -> Vec<String> {
    places
        .iter()
        .map(|place| place.rules.jurisdiction.to_string())
        .collect()
}

fn zones(place: &Place<'_>) -> Vec<String> {
    place.zones.iter().map(ToString::to_string).collect()
}

#[test]
fn an_area_code_alone_is_its_state_with_the_zones_of_the_code() {
    let miami = places(305);
    assert_eq!(codes(&miami), ["FL"]);
    assert_eq!(zones(miami.iter().next().unwrap()), ["America/New_York"]);
}

#[test]
fn an_area_code_of_several_provinces_is_a_place_in_each() {
    assert_eq!(codes(&places(867)), ["NT", "NU", "YT"]);
}

#[test]
fn stating_the_state_of_the_area_code_adds_nothing() {
    for text in ["FL", "fl", " FL ", "Florida", "FLA."] {
        let miami = stated_places(305, state(text));
        assert_eq!(codes(&miami), ["FL"]);
        assert_eq!(zones(miami.iter().next().unwrap()), ["America/New_York"]);
    }
    assert_eq!(codes(&stated_places(867, state("NU"))), ["NT", "NU", "YT"]);
}

#[test]
fn another_stated_state_is_a_second_place_with_all_zones_of_that_state() {
    let moved = stated_places(212, state("FL"));
    assert_eq!(codes(&moved), ["NY", "FL"]);
    let florida = moved.iter().last().unwrap();
    assert_eq!(florida.source, LocationSource::StatedState);
    let mut zones = zones(florida);
    zones.sort();
    assert_eq!(zones, ["America/Chicago", "America/New_York"]);
}

#[test]
fn a_state_that_cannot_be_told_adds_the_strictest_rules_in_the_zones_of_the_code() {
    for text in ["Floridaa", "F", "ZZ", "AE", "DEFAULT_STRICT", "??"] {
        let unclear = stated_places(423, state(text));
        assert_eq!(codes(&unclear), ["TN", "DEFAULT_STRICT"], "{text}");
        let strict = unclear.iter().last().unwrap();
        assert_eq!(zones(strict), ["America/Chicago", "America/New_York"]);
    }
}

#[test]
fn an_empty_statement_says_nothing() {
    let nothing = StatedAddress {
        state: Some("  "),
        postal_code: Some(""),
    };
    assert_eq!(codes(&stated_places(305, nothing)), ["FL"]);
}

#[test]
fn a_postal_code_is_a_place_of_its_own() {
    let moved = stated_places(212, postal_code("33101-1234"));
    assert_eq!(codes(&moved), ["NY", "FL"]);
    assert_eq!(
        moved.iter().last().unwrap().source,
        LocationSource::PostalCode
    );
    assert_eq!(codes(&stated_places(212, postal_code("10001"))), ["NY"]);
    assert_eq!(
        codes(&stated_places(212, postal_code("v6b 1a1"))),
        ["NY", "BC"]
    );
}

#[test]
fn a_postal_code_that_cannot_be_told_adds_the_strictest_rules() {
    for text in ["139", "SW1A 1AA", "09001", "99999"] {
        let unclear = stated_places(212, postal_code(text));
        assert_eq!(codes(&unclear), ["NY", "DEFAULT_STRICT"], "{text}");
    }
}

#[test]
fn a_state_and_a_postal_code_that_agree_are_one_place_and_that_differ_are_two() {
    let both = |state, postal_code| {
        codes(&stated_places(
            212,
            StatedAddress {
                state: Some(state),
                postal_code: Some(postal_code),
            },
        ))
    };
    assert_eq!(both("FL", "33101"), ["NY", "FL"]);
    assert_eq!(both("TX", "33101"), ["NY", "TX", "FL"]);
    assert_eq!(both("Texass", "?"), ["NY", "DEFAULT_STRICT"]);
}

#[test]
fn a_number_that_cannot_be_placed_says_why() {
    let reason = |phone: &str| {
        let phone = PhoneNumber::parse(phone).unwrap();
        let stated = StatedPlaces::read(rules(), state("FL"), &[]);
        match RecipientLocation::locate(rules(), &phone, &stated) {
            RecipientLocation::Known(places) => panic!("{phone:?} is in {:?}", codes(&places)),
            RecipientLocation::Unknown(reason) => reason,
        }
    };
    assert_eq!(reason("+18005550100"), UnknownLocation::TollFree);
    assert_eq!(reason("+18765550100"), UnknownLocation::OutsideUsCa);
    assert_eq!(reason("+447700900123"), UnknownLocation::OutsideUsCa);
    assert_eq!(reason("+12115550100"), UnknownLocation::UnknownAreaCode);
    assert_eq!(reason("+13051550100"), UnknownLocation::UnknownAreaCode);
}

fn noon() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

#[test]
fn the_lowest_cap_of_all_places_counts() {
    let cap = |places: Places<'_>, otherwise| places.max_per_24h(noon(), otherwise);
    assert_eq!(cap(places(305), Some(5)), Some(3));
    assert_eq!(cap(places(305), None), Some(3));
    assert_eq!(cap(places(214), Some(5)), Some(5));
    assert_eq!(cap(places(214), None), None);
    let both = stated_places(214, state("FL"));
    assert_eq!(both.max_per_24h(noon(), Some(5)), Some(3));
    assert_eq!(both.max_per_24h(noon(), Some(2)), Some(2));
}

#[test]
fn answers_are_exempt_only_where_every_place_says_so() {
    assert!(places(305).allow_replies(noon()));
    assert!(!places(214).allow_replies(noon()));
    assert!(!stated_places(305, state("TX")).allow_replies(noon()));
    assert!(stated_places(305, state("NY")).allow_replies(noon()));
}

#[test]
fn caps_and_exemptions_begin_with_their_law() {
    // Oregon's law of 2026, in both of the zones of its codes.
    let oregon = places(541);
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let last = at("2026-01-01T06:59:59Z");
    assert_eq!(oregon.max_per_24h(last, None), None);
    assert!(!oregon.allow_replies(last));
    // Midnight in Boise: the cap binds there, and replies are exempt when they are in both zones.
    let first = at("2026-01-01T07:00:00Z");
    assert_eq!(oregon.max_per_24h(first, None), Some(3));
    assert!(!oregon.allow_replies(first));
    assert!(oregon.allow_replies(at("2026-01-01T08:00:00Z")));
    assert_eq!(oregon.next_change(last), Some(first));
    assert_eq!(oregon.next_change(first), Some(at("2026-01-01T08:00:00Z")));
    assert_eq!(oregon.next_change(at("2026-01-01T08:00:00Z")), None);
}
