//! Invalid rows and their errors.

use crate::law::data::tests::*;

/// The error in the valid files after `from` is replaced by `to` in all of them.
fn error_after(from: &str, to: &str) -> String {
    let texts = [
        SOUND.area_codes,
        SOUND.refused_area_codes,
        SOUND.quiet_hours,
        SOUND.holidays,
        SOUND.postal_codes,
        SOUND.place_names,
        SOUND.url_shorteners,
    ];
    assert!(
        texts.iter().any(|text| text.contains(from)),
        "nothing to replace: {from}"
    );
    let [
        area_codes,
        refused_area_codes,
        quiet_hours,
        holidays,
        postal_codes,
        place_names,
        url_shorteners,
    ] = &texts.map(|text| text.replace(from, to));
    RuleData::load(&RuleFiles {
        area_codes,
        refused_area_codes,
        quiet_hours,
        holidays,
        postal_codes,
        place_names,
        url_shorteners,
    })
    .unwrap_err()
    .to_string()
}

#[test]
fn an_error_names_the_file_the_line_and_the_reason() {
    assert_eq!(
        error_after(
            "902,CA,NS;PE,America/Halifax",
            "902,CA,NS;PE,America/Halifaxx"
        ),
        "nanp_area_codes.csv, line 5: unknown time zone `America/Halifaxx`"
    );
}

#[test]
fn a_bad_row_of_area_codes_is_refused() {
    for (from, to, error) in [
        ("305,US", "850,US", "line 4: area code 850 is there twice"),
        ("305,US", "105,US", "line 2: 105 is not an area code"),
        ("305,US,FL", "305,MX,FL", "line 2: "),
        (
            "305,US,FL",
            "305,CA,FL",
            "line 4: FL is in another country above",
        ),
        (
            "305,US,FL",
            "305,US,Florida",
            "line 2: `Florida` is not the code of a state",
        ),
        ("305,US,FL", "305,US,GA", "line 2: GA has no quiet hours"),
        ("NS;PE", "NS;NS", "line 5: NS is there twice"),
        (
            "305,US,FL,America/New_York,,a list",
            "305,US,FL,America/New_York,,",
            "`source` is empty",
        ),
        (
            "305,US,FL,America/New_York,,a list",
            "305,US,FL,America/New_York,",
            "line 2: ",
        ),
        (
            "2025-09-05",
            "2025-9-5",
            "line 4: `assigned_on` is \"2025-9-5\": expected a date",
        ),
        (
            "area_code,country,state",
            "area_code,land,state",
            "line 2: ",
        ),
    ] {
        let found = error_after(from, to);
        assert!(
            found.starts_with("nanp_area_codes.csv") && found.contains(error),
            "{found}"
        );
    }
}

#[test]
fn a_bad_row_of_refused_area_codes_is_refused() {
    for (from, to, error) in [
        (
            "242,outside",
            "305,outside",
            "line 2: area code 305 is also in nanp_area_codes.csv",
        ),
        (
            "242,outside",
            "800,outside",
            "line 3: area code 800 is there twice",
        ),
        (
            "800,toll_free,,",
            "800,toll_free,US,",
            "line 3: a toll-free code has no country",
        ),
        (
            "outside_us_ca,BS",
            "outside_us_ca,",
            "line 2: a toll-free code has no country",
        ),
        ("toll_free", "free", "line 3: "),
        ("toll_free,,a list", "toll_free,,", "`source` is empty"),
    ] {
        let found = error_after(from, to);
        let file = "nanp_refused_area_codes.csv";
        assert!(found.starts_with(file) && found.contains(error), "{found}");
    }
}

#[test]
fn a_bad_row_of_quiet_hours_is_refused() {
    for (from, to, error) in [
        (
            "FL,,enacted,08:00,20:00",
            "FL,,enacted,8:00,20:00",
            "line 2: `8:00` is not a time of day as 08:00",
        ),
        (
            "FL,,enacted,08:00,20:00",
            "FL,,enacted,08:00,24:00",
            "line 2: `24:00` is not a time of day",
        ),
        (
            "FL,,enacted,08:00,20:00",
            "FL,,enacted,20:00,08:00",
            "line 2: 20:00 is not before 08:00",
        ),
        (
            "FL,,enacted,08:00,20:00",
            "FL,,enacted,08:00,08:00",
            "line 2: 08:00 is not before 08:00",
        ),
        (
            "FL,,enacted,08:00,20:00",
            "FL,,enacted,08:00,",
            "line 2: `` is not a time of day",
        ),
        (
            "FL,,enacted,08:00,20:00",
            "FL,,enacted,,",
            "line 2: no window on weekdays",
        ),
        (
            "yes,3,,yes (a law)",
            "yes,0,,yes (a law)",
            "line 2: a cap of no messages",
        ),
        (
            "yes,3,,yes (a law)",
            "yes,3,Mars,yes (a law)",
            "line 2: unknown time zone `Mars`",
        ),
        (
            "yes,3,,yes (a law)",
            "yes,3,,maybe",
            "line 2: `maybe` does not say whether",
        ),
        (
            "yes,3,,yes (a law)",
            "no,3,,yes (a law)",
            "the state's holidays are not blocked",
        ),
        (
            "no,,,no,,no,,a rule",
            "yes,,,no,,no,,a rule",
            "line 3: holidays are blocked and none",
        ),
        (
            "yes,a law,a law,high",
            "yes,,a law,high",
            "line 2: `replies_source` is empty",
        ),
        (
            "yes,a law,a law,high",
            "yes,a law,,high",
            "line 2: `source` is empty",
        ),
        (
            "yes,a law,a law,high,2026-01-01",
            "yes,a law,a law,,2026-01-01",
            "line 2: `confidence` is empty",
        ),
        (
            "NS,,enacted,09:00",
            "PE,,enacted,09:00",
            "line 4: PE is there twice",
        ),
        (
            "NS,,enacted,09:00",
            "DEFAULT_STRICT,,enacted,09:00",
            "line 5: DEFAULT_STRICT is there twice",
        ),
        (
            "NS,,enacted,09:00",
            "NB,,enacted,09:00",
            "line 3: no area code is in NB",
        ),
        (
            "DEFAULT_STRICT,,enacted,10:00",
            "NS,,enacted,10:00",
            "line 5: NS is there twice",
        ),
    ] {
        let found = error_after(from, to);
        assert!(found.contains(error), "{found}");
    }
}

#[test]
fn quiet_hours_need_a_row_for_a_state_that_cannot_be_told() {
    let (without, _) = SOUND.quiet_hours.split_once("DEFAULT_STRICT").unwrap();
    let files = RuleFiles {
        quiet_hours: without,
        ..SOUND
    };
    let error = RuleData::load(&files).unwrap_err().to_string();
    assert_eq!(
        error,
        "state_quiet_hours.csv, line 1: DEFAULT_STRICT is missing"
    );
}

#[test]
fn a_bad_range_of_postal_codes_is_refused() {
    for (from, to, error) in [
        (
            "32003,33994",
            "33994,32003",
            "line 2: the range ends before it begins",
        ),
        (
            "34101,34997",
            "33994,34997",
            "line 3: the range does not begin after the one before",
        ),
        (
            "32003,33994",
            "3200,33994",
            "line 2: `3200` is not the begin of a postal code",
        ),
        (
            "32003,33994",
            "3200O,33994",
            "line 2: `3200O` is not the begin of a postal code",
        ),
        (
            "32003,33994",
            "B0A,33994",
            "line 2: `B0A` is not the begin of a postal code",
        ),
        (
            "33994,US,FL",
            "33994,US,GA",
            "line 2: no quiet hours of GA there",
        ),
        (
            "B9Z,CA,NS",
            "B9Z,CA,FL",
            "line 4: no quiet hours of FL there",
        ),
        (
            "US,FL,a list\n34101",
            "US,FL,\n34101",
            "line 2: `source` is empty",
        ),
    ] {
        let changed = SOUND.postal_codes.replace(from, to);
        let files = RuleFiles {
            postal_codes: &changed,
            ..SOUND
        };
        let found = RuleData::load(&files).unwrap_err().to_string();
        assert!(
            found.starts_with("postal_codes.csv") && found.contains(error),
            "{found}"
        );
    }
}

#[test]
fn a_bad_row_of_place_names_is_refused() {
    for (from, to, error) in [
        (
            "Florida;Fla",
            "Florida;F.L.",
            "line 2: the name `F.L.` is there twice",
        ),
        (
            "Florida;Fla",
            "Florida;florida",
            "line 2: the name `florida` is there twice",
        ),
        ("Florida;Fla", "Florida;;Fla", "line 2: `names` is empty"),
        ("Florida;Fla", "", "line 2: `names` is empty"),
        ("FL,Florida", "TX,Florida", "line 2: no quiet hours of TX"),
        ("FL,Florida", "Fla,Florida", "line 2: `Fla` is not the code"),
        ("NS;PE", "NS;NS", "line 3: NS is there twice"),
        ("two of three", "", "line 3: `source` is empty"),
    ] {
        let changed = SOUND.place_names.replace(from, to);
        let files = RuleFiles {
            place_names: &changed,
            ..SOUND
        };
        let found = RuleData::load(&files).unwrap_err().to_string();
        assert!(
            found.starts_with("place_names.csv") && found.contains(error),
            "{found}"
        );
    }
}

#[test]
fn a_bad_row_of_shorteners_is_refused() {
    for (from, to, error) in [
        (
            "bit.ly,",
            "Bit.ly,",
            "line 2: `Bit.ly` is not a domain in lower case",
        ),
        (
            "bit.ly,",
            "https://bit.ly,",
            "is not a domain in lower case",
        ),
        ("bit.ly,", "bitly,", "is not a domain in lower case"),
        ("bit.ly,", ".ly,", "is not a domain in lower case"),
        (
            "bit.ly,a list\n",
            "bit.ly,a list\nbit.ly,a list\n",
            "line 3: bit.ly is there twice",
        ),
        ("a list", "", "line 2: `source` is empty"),
    ] {
        let changed = SOUND.url_shorteners.replace(from, to);
        let files = RuleFiles {
            url_shorteners: &changed,
            ..SOUND
        };
        let found = RuleData::load(&files).unwrap_err().to_string();
        assert!(
            found.starts_with("url_shorteners.csv") && found.contains(error),
            "{found}"
        );
    }
}
