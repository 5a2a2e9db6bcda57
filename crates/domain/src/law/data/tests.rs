//! The tables of the law: how they are loaded, and that an invalid table is rejected with its line.

mod dated;
mod expected;
mod refusals;

use crate::law::data::*;
use crate::law::history::TextCoverage;

/// A small, valid set of files.
const SOUND: RuleFiles<'static> = RuleFiles {
    area_codes: "area_code,country,state_or_province,iana_timezones,assigned_on,source\n\
        305,US,FL,America/New_York,,a list\n\
        671,US,GU,Pacific/Guam,,a list\n\
        850,US,FL,America/Chicago;America/New_York,2025-09-05,a list\n\
        902,CA,NS;PE,America/Halifax,,a list\n",
    refused_area_codes: "area_code,reason,country,source\n\
        242,outside_us_ca,BS,a list\n\
        800,toll_free,,a list\n",
    quiet_hours: "state,effective_from,status,weekday_start,weekday_end,saturday_start,saturday_end,\
        sunday_start,sunday_end,holidays_blocked,max_per_24h,fixed_zone,applies_to_text,exemption,\
        replies_allowed,replies_source,source,confidence,reviewed_on\n\
        FL,,enacted,08:00,20:00,08:00,20:00,,,yes,3,,yes (a law),,yes,a law,a law,high,2026-01-01\n\
        NS,,enacted,09:00,21:30,10:00,18:00,10:00,18:00,no,,,no,,no,,a rule,high,2026-01-01\n\
        PE,,enacted,09:00,21:30,10:00,18:00,10:00,18:00,no,,America/Halifax,no,,no,,a rule,high,2026-01-01\n\
        DEFAULT_STRICT,,enacted,10:00,18:00,10:00,17:00,,,yes,3,,unclear,,no,,the strictest,derived,2026-01-01\n",
    holidays: "state,rule,effective_from,status,name,years,observed,source,observed_source,confidence,\
        reviewed_on\n\
        FL,fixed:07-04,,enacted,Independence Day,all,sun_mon,a law,a law,high,2026-01-01\n",
    postal_codes: "first,last,country,state_or_province,source\n\
        32003,33994,US,FL,a list\n\
        34101,34997,US,FL,a list\n\
        B0A,B9Z,CA,NS,a list\n",
    place_names: "places,names,source\n\
        FL,Florida;Fla,a list\n\
        NS;PE,The Maritimes,two of three\n",
    url_shorteners: "domain,source\n\
        bit.ly,a list\n",
};

fn bundled() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

fn state(code: &str) -> Jurisdiction {
    Jurisdiction::parse(code).unwrap()
}

#[test]
fn the_bundled_files_are_sound() {
    assert_eq!(RuleData::bundled().err(), None);
    assert_eq!(bundled().area_codes.len(), 436);
    assert_eq!(bundled().jurisdictions().count(), 50 + 1 + 5 + 13);
}

/// The only row of a state.
fn law(rules: &RuleData, code: &str) -> crate::law::DatedRules {
    let rows: Vec<_> = rules.rules_of(state(code)).law.rows().cloned().collect();
    let [row] = <[_; 1]>::try_from(rows).unwrap();
    row
}

/// The row of each state that is in force at the end of 2026.
fn in_force() -> impl Iterator<Item = (Jurisdiction, &'static crate::law::DatedRules)> {
    let on = "2026-12-31".parse().unwrap();
    let all = bundled().jurisdictions();
    all.map(move |rules| (rules.jurisdiction, rules.law.on(on)))
}

#[test]
fn a_row_is_read_with_all_it_says() {
    let rules = RuleData::load(&SOUND).unwrap();
    assert_eq!(rules.rules_of(state("FL")).zones.len(), 2);
    let florida = law(&rules, "FL");
    assert_eq!(florida.max_per_24h, Some(3));
    assert!(florida.replies_allowed);
    assert_eq!(florida.text_coverage, TextCoverage::Yes);
    assert_eq!(florida.schedule.holidays.len(), 1);
    assert_eq!(florida.schedule.week.sunday, None);
    assert_eq!((&*florida.source, &*florida.confidence), ("a law", "high"));
    let assigned_on = |code| {
        let code = AreaCode::new(code).unwrap();
        rules.area_code(code).unwrap().assigned_on
    };
    assert_eq!(assigned_on(850), "2025-09-05".parse().ok());
    assert_eq!(assigned_on(305), None);
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
    let guam = law(&rules, "GU");
    let federal = law(bundled(), "GU");
    assert_eq!(guam.schedule, federal.schedule);
    assert_eq!((guam.max_per_24h, guam.replies_allowed), (None, false));
    assert_eq!(&*guam.source, "47 CFR 64.1200(c)(1)");
}

#[test]
fn the_strict_default_keeps_every_holiday_of_any_state_once() {
    let strict = law(bundled(), "DEFAULT_STRICT");
    for day in bundled().holidays() {
        let holiday = &day.holiday;
        let same_days = |other: &&crate::law::schedule::Holiday| {
            (other.rule, other.years, other.observed)
                == (holiday.rule, holiday.years, holiday.observed)
        };
        let kept: Vec<_> = strict.schedule.holidays.iter().filter(same_days).collect();
        assert_eq!(kept.len(), 1, "{}", holiday.name);
        assert!(kept[0].in_force.covers(holiday.in_force));
    }
}

#[test]
fn the_strict_default_is_at_least_as_strict_as_every_state() {
    let strict = law(bundled(), "DEFAULT_STRICT");
    let rows = bundled().jurisdictions().flat_map(|rules| rules.law.rows());
    for row in rows {
        let (own, narrow) = (row.schedule.week, strict.schedule.week);
        for (own, narrow) in [
            (own.weekday, narrow.weekday),
            (own.saturday, narrow.saturday),
            (own.sunday, narrow.sunday),
        ] {
            let inside = narrow.is_none_or(|narrow| {
                own.is_some_and(|own| own.start() <= narrow.start() && narrow.end() <= own.end())
            });
            assert!(inside, "{}", row.source);
        }
        assert!(strict.max_per_24h <= row.max_per_24h.or(strict.max_per_24h));
    }
    assert!(!strict.replies_allowed);
}

#[test]
fn answers_outside_the_hours_are_allowed_where_the_law_exempts_them() {
    let allowing = in_force().filter(|(_, row)| row.replies_allowed);
    let codes: Vec<_> = allowing.map(|(state, _)| state.to_string()).collect();
    assert_eq!(codes, ["FL", "NY", "OR", "WA"]);
}

#[test]
fn the_states_with_a_cap_of_their_own_are_known() {
    let capped = in_force().filter(|(_, row)| row.max_per_24h == Some(3));
    let codes: Vec<_> = capped.map(|(state, _)| state.to_string()).collect();
    assert_eq!(codes, ["FL", "MD", "OK", "OR"]);
}

#[test]
fn an_overlay_that_the_source_places_an_hour_off_is_corrected() {
    let orlando = bundled().area_code(AreaCode::new(689).unwrap()).unwrap();
    assert_eq!(
        orlando
            .zones
            .iter()
            .map(crate::law::schedule::Zone::name)
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
        ("2134", Some("MA")),
        // Between ranges, and first letters that Canada does not use.
        ("09906", None),
        ("99999", None),
        ("00000", None),
        ("D1A 1A1", None),
        ("Z9Z 9Z9", None),
        ("somewhere", None),
    ] {
        let found = bundled().postal_code(code).map(|place| place.jurisdiction);
        assert_eq!(found, expected.map(state), "{code}");
    }
}

#[test]
fn military_mail_is_understood_and_lies_nowhere() {
    for code in ["09001", "34002", "96201", "96960"] {
        let found = bundled().postal_code(code).map(|place| place.jurisdiction);
        assert_eq!(found, Some(Jurisdiction::DEFAULT_STRICT), "{code}");
    }
}

#[test]
fn a_name_is_found_by_its_letters_and_may_mean_several_places() {
    let rules = RuleData::load(&SOUND).unwrap();
    let named = |letters| rules.places_named(letters).map(<[_]>::to_vec);
    assert_eq!(named("florida"), Some(vec![state("FL")]));
    assert_eq!(named("fl"), Some(vec![state("FL")]));
    let both = vec![state("NS"), state("PE")];
    assert_eq!(named("themaritimes"), Some(both));
    assert_eq!(named("texas"), None);
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
fn each_file_has_a_name_and_can_be_replaced_by_it() {
    let names: Vec<&str> = SOUND.texts().iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), 7);
    for name in names {
        let changed = SOUND.map(|other, text| if other == name { "changed" } else { text });
        let texts = changed.texts().into_iter().zip(SOUND.texts());
        for ((other, text), (_, before)) in texts {
            assert_eq!(text == before, other != name, "{other}");
        }
    }
}

#[test]
fn no_two_corrections_of_one_letter_have_the_same_version() {
    let letters = ('a'..='z').chain('A'..='Z').map(|letter| {
        let corrected = SOUND.holidays.replace("a law", &format!("{letter} law"));
        let files = RuleFiles {
            holidays: &corrected,
            ..SOUND
        };
        files.version()
    });
    let versions: std::collections::BTreeSet<String> = letters.collect();
    assert_eq!(versions.len(), 52);
}

#[test]
fn a_shortener_is_found_with_its_subdomains_and_no_other_host_is() {
    for host in [
        "bit.ly",
        "www.bit.ly",
        "a.b.bit.ly",
        "tinyurl.app",
        "gg.gg",
        "n9.cl",
        "qrco.de",
    ] {
        assert!(bundled().shortener(host).is_some(), "{host}");
    }
    for host in [
        "rabbit.ly",
        "my-bit.ly",
        "bit.ly.example.com",
        "ly",
        "bit",
        "",
        "example.com",
    ] {
        assert_eq!(bundled().shortener(host), None, "{host}");
    }
}

#[test]
fn the_usual_shorteners_are_known() {
    let usual = "bit.ly tinyurl.com tinyurl.app shorturl.asia shorturl.at soo.gd tr.im qrco.de cutt.us \
        cutt.ly gg.gg n9.cl acortar.link ouo.io bc.vc tny.im is.gd v.gd rb.gy t.ly t.co ow.ly buff.ly \
        rebrand.ly bl.ink short.io short.gy dub.sh kutt.it goo.su clck.ru adf.ly shorte.st u.to tiny.cc \
        tiny.one tinyurl.mobi s.id snip.ly lnkd.in goo.gl bit.do qr.ae x.co zpr.io surl.li urlz.fr \
        da.gd vk.cc t1p.de reurl.cc han.gl me2.kr lihi.cc ulvis.net shrtco.de linkvertise.com exe.io";
    for domain in usual.split_whitespace() {
        assert_eq!(bundled().shortener(domain), Some(domain));
    }
}
