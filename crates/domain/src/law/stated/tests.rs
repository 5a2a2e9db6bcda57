//! Spellings of addresses.

mod properties;

use rstest::rstest;

use crate::law::stated::*;

fn rules() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

/// The meaning of an address, as codes; `?` where it cannot be interpreted.
fn places(state: Option<&str>, postal_code: Option<&str>, near: &[&str]) -> [String; 2] {
    let near: Vec<_> = near
        .iter()
        .map(|code| Jurisdiction::parse(code).unwrap())
        .collect();
    let address = StatedAddress { state, postal_code };
    let stated = StatedPlaces::read(rules(), address, &near);
    [stated.state, stated.postal_code].map(|stated| match stated {
        Stated::Nothing => String::new(),
        Stated::NotUnderstood => "?".to_owned(),
        Stated::In(places) => {
            let codes: Vec<&str> = places.iter().map(Jurisdiction::as_str).collect();
            codes.join(",")
        }
    })
}

fn state(text: &str) -> String {
    let [state, _] = places(Some(text), None, &[]);
    state
}

#[rstest]
#[case("FL", &["FL", "fl", " Fl ", "F.L.", "Florida", "FLORIDA", "florida.", "Fla", "Fla.", "FLA",
    "State of Florida", "Florida State", "Florida, USA", "US-FL", "FL, US", "FL - Florida",
    "Florida (FL)", "FL/Florida", "Floride", "Estado de Florida", "ＦＬＯＲＩＤＡ", "Flo\u{200B}rida",
    "Miami, FL", "Fort Lauderdale, Fla.", "FL 33101", "Miami, FL 33101-1234", "\"FL\"", "33101",
    "The State of Florida, United States of America", "U.S.A. - Florida", "Florida\u{A0}"])]
#[case("NY", &["New York", "new  york", "NEW-YORK", "N.Y.", "N. Y.", "NYS", "New York State",
    "Nueva York", "NewYork", "New York, NY", "État de New York"])]
#[case("DC", &["DC", "D.C.", "d. c.", "Washington DC", "Washington, D.C.", "Washington D C",
    "WASHINGTON,DC", "District of Columbia", "Dist. of Columbia", "the District of Columbia",
    "Wash. DC", "Distrito de Columbia"])]
#[case("WA", &["WA", "Wash.", "Washington State", "State of Washington, WA", "Seattle, WA",
    "WA (Washington)"])]
#[case("WV", &["W. Va.", "W Va", "West Virginia", "W.V.", "Virginia Occidental"])]
#[case("NC", &["N.C.", "N. Carolina", "No. Carolina", "North Carolina", "Carolina del Norte"])]
#[case("HI", &["Hawai'i", "Hawaiʻi", "Hawaii", "Hawaï"])]
#[case("PR", &["P.R.", "Puerto Rico", "Porto Rico", "Estado Libre Asociado de Puerto Rico",
    "San Juan, PR", "Commonwealth of Puerto Rico"])]
#[case("VI", &["USVI", "U.S. Virgin Islands", "U. S. Virgin Islands", "Virgin Islands", "V.I."])]
#[case("MP", &["CNMI", "Northern Mariana Islands", "MP"])]
#[case("MA", &["Mass", "Massachusetts", "Commonwealth of Massachusetts"])]
#[case("QC", &["QC", "Québec", "Quebec", "Que.", "Qué.", "PQ", "P.Q.", "Province de Québec",
    "Province of Quebec", "Montréal, QC, Canada", "QC, CA", "CA-QC", "Québec (Canada)"])]
#[case("ON", &["Ont.", "ONTARIO", "Province de l'Ontario", "ON, CA", "Ontario, Canada",
    "Toronto, ON M5V 2T6", "M5V 2T6"])]
#[case("NL", &["Newfoundland", "Newfoundland & Labrador", "Newfoundland and Labrador", "Nfld.",
    "NF", "Terre-Neuve-et-Labrador", "T.-N.-L.", "Labrador"])]
#[case("PE", &["PEI", "P.E.I.", "Prince Edward Island", "Île-du-Prince-Édouard", "Î.-P.-É."])]
#[case("BC", &["B.C.", "British Columbia", "Colombie-Britannique", "C.-B."])]
#[case("NS", &["Nova Scotia", "Nouvelle-Écosse", "N.S."])]
#[case("NT", &["N.W.T.", "Northwest Territories", "Territoires du Nord-Ouest"])]
#[case("YT", &["Yukon", "Yukon Territory", "Territoire du Yukon", "YK"])]
#[case("DEFAULT_STRICT", &["AE", "Armed Forces Pacific", "APO", "Palau"])]
fn a_state_is_understood_however_it_is_written(#[case] code: &str, #[case] written: &[&str]) {
    for text in written {
        assert_eq!(state(text), code, "{text}");
    }
}

#[rstest]
#[case("Washington", "WA,DC")]
#[case("Carolina", "NC,SC")]
#[case("Ontario, CA", "ON,CA")]
#[case("Quebec CA", "QC,CA")]
#[case("FL/GA", "FL,GA")]
#[case("New York, NJ", "NY,NJ")]
#[case("FL 30301", "FL,GA")]
fn what_may_be_two_places_is_both(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(state(text), expected);
}

#[test]
fn what_may_be_two_places_is_the_one_that_something_else_speaks_for() {
    let with_code = |state, code| places(Some(state), Some(code), &[]).join(" ");
    assert_eq!(with_code("Washington", "98101"), "WA WA");
    assert_eq!(with_code("Washington", "20001"), "DC DC");
    assert_eq!(with_code("Washington", "33101"), "WA,DC FL");
    assert_eq!(with_code("Ontario, CA", "91761"), "CA CA");
    let near = |state, near| places(Some(state), None, &[near])[0].clone();
    assert_eq!(near("Washington", "DC"), "DC");
    assert_eq!(near("Washington", "TX"), "WA,DC");
    assert_eq!(near("FL", "TX"), "FL");
}

#[test]
fn fields_that_contradict_each_other_both_count() {
    assert_eq!(places(Some("TX"), Some("33101"), &[]), ["TX", "FL"]);
    assert_eq!(places(Some("ON"), Some("33101"), &[]), ["ON", "FL"]);
    assert_eq!(places(Some("CA"), Some("M5V 2T6"), &[]), ["CA", "ON"]);
}

#[test]
fn fields_that_were_mixed_up_are_understood() {
    assert_eq!(places(Some("33101"), Some("FL"), &[]), ["FL", "FL"]);
    assert_eq!(places(None, Some("FL 33101"), &[]), ["", "FL"]);
}

#[test]
fn three_digits_need_a_state_that_says_the_same() {
    assert_eq!(places(Some("PR"), Some("926"), &[]), ["PR", "PR"]);
    assert_eq!(places(None, Some("926"), &["PR"]), ["", "?"]);
    assert_eq!(places(Some("TX"), Some("926"), &[]), ["TX", "?"]);
    assert_eq!(places(None, Some("2134"), &[]), ["", "MA"]);
}

#[test]
fn another_text_is_no_place() {
    for text in [
        "F",
        "ZZ",
        "XX",
        "??",
        "FL?",
        "Floridaa",
        "Flordia",
        "DEFAULT_STRICT",
        "USA",
        "Canada",
        "US",
        "North",
        "New",
        "State",
        "State of",
        "Miami",
        "Kansas City",
        "Toronto",
        "England",
        "Jalisco",
        "N/A",
        "none",
        "null",
        "unknown",
        "-",
        ".",
        "hi ok",
        "not Florida",
        "no",
        "Florida, Canada",
        "Ontario, USA",
        "CA-FL",
        "12",
        "123 Main St, Miami, FL 33101",
        "Florida Georgia",
        "I am in FL",
        "🌴",
        "FL+GA",
        "fl@ga",
        "DE FL",
        "Somewhere, XX",
        ", XX",
        "FL FL FL FL FL FL FL FL FL FL FL",
    ] {
        assert_eq!(state(text), "?", "{text}");
    }
}

#[test]
fn a_place_that_is_not_understood_is_refused_with_its_field_and_what_is_expected() {
    let address = StatedAddress {
        state: Some("Floridaa"),
        postal_code: Some("SW1A 1AA"),
    };
    let faults: Vec<String> = StatedPlaces::faults(rules(), address)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        faults,
        [
            "`state` is \"Floridaa\": expected a state, province or territory of the US or Canada, \
             such as FL, Fla. or Florida, or nothing",
            "`postalCode` is \"SW1A 1AA\": expected a ZIP code or a Canadian postal code that is in \
             use, such as 33101, 33101-1234 or K1A 0B1, or nothing",
        ]
    );
    let sound = StatedAddress {
        state: Some("Washington"),
        postal_code: Some(" "),
    };
    assert_eq!(StatedPlaces::faults(rules(), sound), []);
}

#[test]
fn one_place_is_taken_from_what_says_enough() {
    let only = |state, postal_code| {
        let address = StatedAddress { state, postal_code };
        let only = StatedPlaces::read(rules(), address, &[]).only_place();
        only.map(|place| place.to_string())
    };
    assert_eq!(only(Some("Fla."), Some("10001")).as_deref(), Some("FL"));
    assert_eq!(only(Some("Carolina"), Some("33101")).as_deref(), Some("FL"));
    assert_eq!(only(Some("AE"), None), None);
    assert_eq!(only(Some("??"), None), None);
    assert_eq!(only(None, None), None);
}
