//! Properties of every name in the table and of every text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::law::RuleFiles;
use crate::law::stated::tests::*;

/// Every name in the table with the places that it may mean.
fn names() -> BTreeMap<&'static str, &'static str> {
    let rows = RuleFiles::BUNDLED.place_names.lines().skip(1);
    let cells = rows.filter_map(|row| {
        let (places, rest) = row.split_once(',')?;
        let (names, _source) = rest.split_once(',')?;
        Some(names.split(';').map(move |name| (name, places)))
    });
    cells.flatten().collect()
}

/// Another spelling of a name.
fn rewritten(name: &str, upper: bool, dots: bool, space: &str) -> String {
    let name = name.replace(' ', space);
    let name = if dots { name } else { name.replace('.', "") };
    if upper {
        name.to_uppercase()
    } else {
        name.to_lowercase()
    }
}

#[test]
fn every_name_means_its_places_in_any_case_with_and_without_dots() {
    let names = names();
    assert!(names.len() > 300, "{}", names.len());
    for (name, places) in names {
        let expected = places.replace(';', ",");
        for upper in [true, false] {
            for dots in [true, false] {
                for space in [" ", "  ", "-", "\u{A0}", "_"] {
                    let text = rewritten(name, upper, dots, space);
                    assert_eq!(state(&text), expected, "{text}");
                }
            }
        }
    }
}

#[test]
fn every_state_and_province_has_its_code_and_a_name() {
    let names = names();
    for place in rules().jurisdictions() {
        let code = place.jurisdiction.as_str();
        assert_eq!(state(code), code);
        assert_eq!(state(&code.to_lowercase()), code);
        assert!(
            names
                .values()
                .any(|places| places.split(';').any(|of| of == code)),
            "{code}"
        );
    }
}

/// A text without the letters of any place: it must not be interpreted as one.
fn without_places() -> impl Strategy<Value = String> {
    "[bgjqxzBGJQXZ!?#%$*+=<>{}\u{4E00}-\u{4E20}]{1,12}"
}

proptest! {
    #[test]
    fn garbage_is_no_place(text in without_places()) {
        prop_assert_eq!(state(&text), "?");
    }

    #[test]
    fn any_text_is_read_without_harm(text in any::<String>(), code in any::<String>()) {
        let stated = places(Some(&text), Some(&code), &[]);
        prop_assert_eq!(stated, places(Some(&text), Some(&code), &[]));
    }

    #[test]
    fn a_letter_too_many_is_not_another_place(name in "[a-z]{3,9}", code in "[A-Z]{2}") {
        // An interpreted place is in the table or is a code; nothing is guessed.
        let read = state(&name);
        let is_name = rules().places_named(&name).is_some();
        prop_assert_eq!(read == "?", !is_name, "{}", name);
        let is_code = rules().places_named(&code.to_lowercase()).is_some();
        prop_assert_eq!(state(&code) == "?", !is_code, "{}", code);
    }

    #[test]
    fn digits_that_are_no_code_are_no_place(code in "[0-9]{1,12}") {
        let [_, read] = places(None, Some(&code), &[]);
        if !(4..=9).contains(&code.len()) || code.len() == 6 {
            prop_assert_eq!(read, "?");
        }
    }
}
