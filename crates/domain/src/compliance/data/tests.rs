use super::*;
use crate::compliance::jurisdiction::TextCoverage;

/// A small set of files that is sound.
const SOUND: RuleFiles<'static> = RuleFiles {
    area_codes: "area_code,country,state_or_province,iana_timezones,source\n\
        305,US,FL,America/New_York,a list\n\
        671,US,GU,Pacific/Guam,a list\n\
        850,US,FL,America/Chicago;America/New_York,a list\n\
        902,CA,NS;PE,America/Halifax,a list\n",
    refused_area_codes: "area_code,reason,country,source\n\
        242,outside_us_ca,BS,a list\n\
        800,toll_free,,a list\n",
    quiet_hours: "state,weekday_start,weekday_end,saturday_start,saturday_end,sunday_start,\
        sunday_end,holidays_blocked,max_per_24h,fixed_zone,applies_to_text,exemption,\
        replies_allowed,replies_source,source,confidence\n\
        FL,08:00,20:00,08:00,20:00,,,yes,3,,yes (a law),,yes,a law,a law,high\n\
        NS,09:00,21:30,10:00,18:00,10:00,18:00,no,,,no,,no,,a rule,high\n\
        PE,09:00,21:30,10:00,18:00,10:00,18:00,no,,America/Halifax,no,,no,,a rule,high\n\
        DEFAULT_STRICT,10:00,18:00,10:00,17:00,,,yes,3,,unclear,,no,,the strictest,derived\n",
    holidays: "state,rule,name,years,observed,observed_source,confidence\n\
        FL,fixed:07-04,Independence Day,all,sun_mon,a law,high\n",
    postal_codes: "first,last,country,state_or_province,source\n\
        32003,33994,US,FL,a list\n\
        34101,34997,US,FL,a list\n\
        B0A,B9Z,CA,NS,a list\n",
};

fn bundled() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

fn state(code: &str) -> Jurisdiction {
    Jurisdiction::parse(code).unwrap()
}

/// What is wrong with one of the sound files after `from` is replaced by `to` in all of them.
fn error_after(from: &str, to: &str) -> String {
    let texts = [
        SOUND.area_codes,
        SOUND.refused_area_codes,
        SOUND.quiet_hours,
        SOUND.holidays,
        SOUND.postal_codes,
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
    ] = &texts.map(|text| text.replace(from, to));
    RuleData::load(&RuleFiles {
        area_codes,
        refused_area_codes,
        quiet_hours,
        holidays,
        postal_codes,
    })
    .unwrap_err()
    .to_string()
}

#[test]
fn the_bundled_files_are_sound() {
    assert_eq!(RuleData::bundled().err(), None);
    assert_eq!(bundled().area_codes.len(), 436);
    assert_eq!(bundled().jurisdictions().count(), 50 + 1 + 5 + 13);
}

#[test]
fn a_row_is_read_with_all_it_says() {
    let rules = RuleData::load(&SOUND).unwrap();
    let florida = rules.rules_of(state("FL"));
    assert_eq!(florida.zones.len(), 2);
    assert_eq!(florida.max_per_24h, Some(3));
    assert!(florida.replies_allowed);
    assert_eq!(florida.text_coverage, TextCoverage::Yes);
    assert_eq!(florida.schedule.holidays.len(), 1);
    assert_eq!(florida.schedule.week.sunday, None);
    assert_eq!((&*florida.source, &*florida.confidence), ("a law", "high"));
}

#[test]
fn an_area_code_of_several_provinces_names_them_all() {
    let rules = RuleData::load(&SOUND).unwrap();
    let entry = rules.area_code(AreaCode::new(902).unwrap()).unwrap();
    assert_eq!(*entry.jurisdictions, [state("NS"), state("PE")]);
}

#[test]
fn a_territory_without_a_row_keeps_the_federal_hours() {
    let rules = RuleData::load(&SOUND).unwrap();
    let guam = rules.rules_of(state("GU"));
    let federal = bundled().rules_of(state("GU"));
    assert_eq!(guam.schedule, federal.schedule);
    assert_eq!((guam.max_per_24h, guam.replies_allowed), (None, false));
    assert_eq!(&*guam.source, "47 CFR 64.1200(c)(1)");
}

#[test]
fn the_strict_default_keeps_every_holiday_of_any_state_once() {
    let strict = bundled().rules_of(Jurisdiction::DEFAULT_STRICT);
    let holidays = &strict.schedule.holidays;
    for rules in bundled().jurisdictions() {
        for holiday in &rules.schedule.holidays {
            let same_days = |other: &&crate::schedule::Holiday| {
                (other.rule, other.years, other.observed)
                    == (holiday.rule, holiday.years, holiday.observed)
            };
            assert_eq!(
                holidays.iter().filter(same_days).count(),
                1,
                "{}",
                holiday.name
            );
        }
    }
}

#[test]
fn the_strict_default_is_at_least_as_strict_as_every_state() {
    let strict = bundled().rules_of(Jurisdiction::DEFAULT_STRICT);
    for rules in bundled().jurisdictions() {
        let (own, narrow) = (rules.schedule.week, strict.schedule.week);
        for (own, narrow) in [
            (own.weekday, narrow.weekday),
            (own.saturday, narrow.saturday),
            (own.sunday, narrow.sunday),
        ] {
            let inside = narrow.is_none_or(|narrow| {
                own.is_some_and(|own| own.start() <= narrow.start() && narrow.end() <= own.end())
            });
            assert!(inside, "{}", rules.jurisdiction);
        }
        assert!(strict.max_per_24h <= rules.max_per_24h.or(strict.max_per_24h));
    }
    assert!(!strict.replies_allowed);
}

#[test]
fn answers_outside_the_hours_are_allowed_where_the_law_exempts_them() {
    let allowing = bundled()
        .jurisdictions()
        .filter(|rules| rules.replies_allowed);
    let codes: Vec<_> = allowing
        .map(|rules| rules.jurisdiction.to_string())
        .collect();
    assert_eq!(codes, ["FL", "NY", "OR", "WA"]);
}

#[test]
fn the_states_with_a_cap_of_their_own_are_known() {
    let capped = bundled()
        .jurisdictions()
        .filter(|rules| rules.max_per_24h == Some(3));
    let codes: Vec<_> = capped.map(|rules| rules.jurisdiction.to_string()).collect();
    assert_eq!(codes, ["FL", "MD", "OK", "OR"]);
}

#[test]
fn an_overlay_that_the_source_places_an_hour_off_is_corrected() {
    let orlando = bundled().area_code(AreaCode::new(689).unwrap()).unwrap();
    assert_eq!(
        orlando
            .zones
            .iter()
            .map(crate::schedule::Zone::name)
            .collect::<Vec<_>>(),
        ["America/New_York"]
    );
}

#[test]
fn an_area_code_that_nothing_is_sent_to_says_why() {
    let refusal = |code| bundled().refusal(AreaCode::new(code).unwrap());
    assert_eq!(refusal(888), UnknownLocation::TollFree);
    assert_eq!(refusal(876), UnknownLocation::OutsideUsCa);
    assert_eq!(refusal(211), UnknownLocation::UnknownAreaCode);
}

#[test]
fn postal_codes_are_placed_in_their_state() {
    for (code, expected) in [
        ("00501", Some("NY")),
        ("06390", Some("NY")),
        ("10001-1234", Some("NY")),
        ("33101", Some("FL")),
        ("96799", Some("AS")),
        ("99950", Some("AK")),
        ("A1A 1A1", Some("NL")),
        ("X0A 0H0", Some("NU")),
        ("X1A 0A1", Some("NT")),
        ("k1a0b1", Some("ON")),
        // Armed forces, between ranges, and first letters that Canada does not use.
        ("09001", None),
        ("99999", None),
        ("00000", None),
        ("D1A 1A1", None),
        ("Z9Z 9Z9", None),
        ("somewhere", None),
    ] {
        let found = bundled().jurisdiction_of_postal_code(code);
        assert_eq!(found, expected.map(state), "{code}");
    }
}

#[test]
fn the_version_changes_with_any_text_of_any_file() {
    let sound = RuleData::load(&SOUND).unwrap();
    assert_eq!(sound.version().len(), 16);
    assert_eq!(RuleData::load(&SOUND).unwrap().version(), sound.version());
    let changed = SOUND.holidays.replace("high", "medium");
    let changed = RuleData::load(&RuleFiles {
        holidays: &changed,
        ..SOUND
    })
    .unwrap();
    assert_ne!(changed.version(), sound.version());
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
            "305,US,FL,America/New_York,a list",
            "305,US,FL,America/New_York,",
            "`source` is empty",
        ),
        (
            "305,US,FL,America/New_York,a list",
            "305,US,FL,America/New_York",
            "line 2: ",
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
            "FL,08:00,20:00",
            "FL,8:00,20:00",
            "line 2: `8:00` is not a time of day as 08:00",
        ),
        (
            "FL,08:00,20:00",
            "FL,08:00,24:00",
            "line 2: `24:00` is not a time of day",
        ),
        (
            "FL,08:00,20:00",
            "FL,20:00,08:00",
            "line 2: 20:00 is not before 08:00",
        ),
        (
            "FL,08:00,20:00",
            "FL,08:00,08:00",
            "line 2: 08:00 is not before 08:00",
        ),
        (
            "FL,08:00,20:00",
            "FL,08:00,",
            "line 2: `` is not a time of day",
        ),
        ("FL,08:00,20:00", "FL,,", "line 2: no window on weekdays"),
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
            "yes,a law,a law,high",
            "yes,a law,a law,",
            "line 2: `confidence` is empty",
        ),
        ("NS,09:00", "PE,09:00", "line 4: PE is there twice"),
        (
            "NS,09:00",
            "DEFAULT_STRICT,09:00",
            "line 5: DEFAULT_STRICT is there twice",
        ),
        ("NS,09:00", "NB,09:00", "line 3: no area code is in NB"),
        (
            "DEFAULT_STRICT,10:00",
            "NS,10:00",
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
fn a_bad_row_of_holidays_is_refused() {
    for (from, to, error) in [
        (
            "fixed:07-04",
            "fixed:07-32",
            "line 2: `fixed:07-32` is not a holiday rule",
        ),
        (
            "FL,fixed",
            "GA,fixed",
            "holidays are blocked and none is listed",
        ),
        (
            "high\n",
            "high\nGA,fixed:07-04,A day,all,none,,high\n",
            "line 3: the state has no quiet",
        ),
        (
            "a law,high\n",
            "a law,high\nFL,fixed:07-04,Again,all,none,,high\n",
            "is there twice",
        ),
        ("Independence Day", "", "line 2: `name` is empty"),
        (
            "all,sun_mon,a law",
            "all,sun_mon,",
            "line 2: `observed_source` is empty",
        ),
        ("all,sun_mon", "odd,sun_mon", "line 2: "),
        ("all,sun_mon", "all,sometimes", "line 2: "),
    ] {
        let mut files = SOUND;
        let changed = SOUND.holidays.replace(from, to);
        files.holidays = &changed;
        let found = RuleData::load(&files).unwrap_err().to_string();
        assert!(found.contains(error), "{found}");
    }
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
