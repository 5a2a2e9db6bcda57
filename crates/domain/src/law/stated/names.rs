//! The grammar of stated places: a name, a code, or both, with the usual words around them. Must not
//! know what an address is.

use sms_text::{fold, plain_marks};

use crate::law::data::RuleData;
use crate::law::jurisdiction::{Country, Jurisdiction};

/// The meaning of a text.
pub(super) struct NamedPlaces {
    /// The places that the text may mean.
    pub(super) places: Vec<Jurisdiction>,
    /// False where another field must confirm the meaning.
    pub(super) is_sure: bool,
}

/// The most words that are examined; no place has more.
const MOST_WORDS: usize = 10;

/// A country and its names.
const COUNTRIES: &[(Country, &[&[&str]])] = &[
    (
        Country::UnitedStates,
        &[
            &["us"],
            &["usa"],
            &["u", "s"],
            &["u", "s", "a"],
            &["america"],
            &["united", "states"],
            &["united", "states", "of", "america"],
            &["the", "united", "states"],
            &["etats", "unis"],
            &["estados", "unidos"],
            &["ee", "uu"],
            &["eeuu"],
        ],
    ),
    (
        Country::Canada,
        &[&["canada"], &["can"], &["cdn"], &["cnd"]],
    ),
];

/// Words before a name that do not change its meaning.
const PREFIXES: &[&[&str]] = &[
    &["the"],
    &["state", "of"],
    &["commonwealth", "of"],
    &["territory", "of"],
    &["province", "of"],
    &["prov", "of"],
    &["prov"],
    &["province"],
    &["province", "de"],
    &["province", "du"],
    &["province", "de", "la"],
    &["province", "de", "l"],
    &["province", "d"],
    &["etat", "de"],
    &["etat", "du"],
    &["etat", "de", "l"],
    &["etat", "d"],
    &["estado", "de"],
    &["estado", "libre", "asociado", "de"],
    &["provincia", "de"],
];

/// Words after a name that do not change its meaning.
const SUFFIXES: &[&[&str]] = &[&["state"], &["province"], &["prov"], &["territory"]];

/// Parses a single state, province or territory, as in a list of states: its code, a name or an
/// abbreviation in English, French or Spanish. Returns all places that it may mean; `None` where it
/// means none.
#[must_use]
pub fn read_state(rules: &RuleData, text: &str) -> Option<Vec<Jurisdiction>> {
    if let Some(code) = two_letters(rules, text) {
        return Some(vec![code]);
    }
    let words = words(text)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    one_or_two(rules, text, &words)
}

/// Parses a country to which messages are sent: its two-letter code, or one of its usual names. Here
/// `CA` means Canada.
#[must_use]
pub fn read_country(text: &str) -> Option<Country> {
    match text {
        "US" => return Some(Country::UnitedStates),
        "CA" => return Some(Country::Canada),
        _ => {}
    }
    let words = words(text)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words == ["ca"] {
        return Some(Country::Canada);
    }
    let named = COUNTRIES.iter().find(|(_, forms)| forms.contains(&&*words));
    named.map(|(country, _)| *country)
}

/// Parses a state, a postal code, or both in one text.
pub(super) fn read_place(rules: &RuleData, text: &str) -> Option<NamedPlaces> {
    if let Some(place) = rules.postal_code(text) {
        return Some(NamedPlaces {
            places: vec![place.jurisdiction],
            is_sure: place.is_sure,
        });
    }
    if let Some(places) = read_state(rules, text) {
        return Some(NamedPlaces {
            places,
            is_sure: true,
        });
    }
    with_code(rules, text).or_else(|| {
        Some(NamedPlaces {
            places: behind_city(rules, text)?,
            is_sure: true,
        })
    })
}

/// The common case: a two-letter code that is in use.
fn two_letters(rules: &RuleData, text: &str) -> Option<Jurisdiction> {
    let code: [u8; 2] = text.trim().as_bytes().try_into().ok()?;
    let code = code.map(|letter| letter.to_ascii_uppercase());
    let place = Jurisdiction::parse(str::from_utf8(&code).ok()?)?;
    (rules.rules_of(place).jurisdiction == place).then_some(place)
}

/// The words of a name without accents, case and dots. `None` where the text contains characters
/// that no name has, or is too long.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = vec![String::new()];
    for c in plain_marks(&fold(text)).chars() {
        match c {
            '.' | '"' | '\u{02BB}' => {}
            c if c.is_alphanumeric() => words.last_mut()?.push(c),
            c if c.is_whitespace() || is_joint(c) => words.push(String::new()),
            _ => return None,
        }
    }
    words.retain(|word| !word.is_empty());
    (1..=MOST_WORDS).contains(&words.len()).then_some(words)
}

const fn is_joint(c: char) -> bool {
    matches!(c, '-' | '\'' | '_' | '&' | ':' | '(' | ')' | '[' | ']') || parts(c)
}

/// Characters that separate places.
const fn parts(c: char) -> bool {
    matches!(c, ',' | '/' | '|' | ';' | '\\')
}

/// `FL`, `FL - Florida`, `Washington, DC`: one name, or two that agree. Two that disagree both
/// apply, if a separator stands between them.
fn one_or_two(rules: &RuleData, text: &str, words: &[&str]) -> Option<Vec<Jurisdiction>> {
    if let Some(places) = one(rules, words) {
        return Some(places);
    }
    let mut either = None;
    for at in 1..words.len() {
        let (head, tail) = words.split_at_checked(at)?;
        let (Some(mut head), Some(tail)) = (one(rules, head), one(rules, tail)) else {
            continue;
        };
        let both: Vec<_> = head
            .iter()
            .copied()
            .filter(|place| tail.contains(place))
            .collect();
        if !both.is_empty() {
            return Some(both);
        }
        head.extend(tail);
        either = Some(head);
    }
    either.filter(|_| text.contains(parts))
}

/// One name, optionally with its country or with words that do not change its meaning.
fn one(rules: &RuleData, words: &[&str]) -> Option<Vec<Jurisdiction>> {
    if let Some(places) = rules.places_named(&words.concat()) {
        return Some(places.to_vec());
    }
    of_country(rules, words)
        .or_else(|| with_ca(rules, words))
        .or_else(|| {
            let front = PREFIXES
                .iter()
                .filter_map(|prefix| words.strip_prefix(*prefix));
            let back = SUFFIXES
                .iter()
                .filter_map(|suffix| words.strip_suffix(*suffix));
            front.chain(back).find_map(|rest| one(rules, rest))
        })
}

/// `US-FL`, `Florida, USA`: the place must lie in the country.
fn of_country(rules: &RuleData, words: &[&str]) -> Option<Vec<Jurisdiction>> {
    let forms = (COUNTRIES.iter())
        .flat_map(|(country, forms)| forms.iter().map(move |form| (*country, *form)));
    forms
        .filter_map(|(country, form)| {
            let rest = words
                .strip_prefix(form)
                .or_else(|| words.strip_suffix(form))?;
            let mut places = one(rules, rest)?;
            places.retain(|place| rules.rules_of(*place).country == Some(country));
            Some(places)
        })
        .find(|places| !places.is_empty())
}

/// `CA-ON`, `ON, CA`: Canada, whose code is also that of California. After a name it may mean
/// California: Ontario is a city there.
fn with_ca(rules: &RuleData, words: &[&str]) -> Option<Vec<Jurisdiction>> {
    let ca: &[&str] = &["ca"];
    let rest = words.strip_prefix(ca).or_else(|| words.strip_suffix(ca))?;
    let mut places = one(rules, rest)?;
    places.retain(|place| rules.rules_of(*place).country == Some(Country::Canada));
    if places.is_empty() {
        return None;
    }
    if !matches!(rest, [code] if code.len() == 2) {
        places.extend(rules.places_named("ca")?);
    }
    Some(places)
}

/// `FL 33101`, `M5V 2T6, Ontario`: the rest beside the postal code must be a place too. Both apply
/// where they disagree.
fn with_code(rules: &RuleData, text: &str) -> Option<NamedPlaces> {
    let is_edge = |c: char| c.is_whitespace() || c == ',' || c == '-';
    let has_digit = |word: &&str| word.contains(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = text
        .split(is_edge)
        .filter(|word| !word.is_empty())
        .collect();
    let first = words.iter().position(has_digit)?;
    let last = words.iter().rposition(has_digit)?;
    let code = rules.postal_code(&words.get(first..=last)?.join(" "))?;
    let rest = text
        .get(..text.find(words.get(first)?)?)?
        .trim_end_matches(is_edge);
    let behind = words.get(last.checked_add(1)?..)?.join(" ");
    let rest = [rest, &behind].concat();
    let mut places = read_state(rules, &rest).or_else(|| behind_city(rules, &rest))?;
    if places.contains(&code.jurisdiction) {
        places = vec![code.jurisdiction];
    } else if code.is_sure {
        places.push(code.jurisdiction);
    } else {
        return None;
    }
    Some(NamedPlaces {
        places,
        is_sure: true,
    })
}

/// `Miami, FL`, `Montréal, QC, Canada`: the state follows the name of a city and a comma.
fn behind_city(rules: &RuleData, text: &str) -> Option<Vec<Jurisdiction>> {
    text.match_indices(',').find_map(|(at, _)| {
        let (city, state) = text.split_at_checked(at)?;
        let is_name =
            |c: char| c.is_alphabetic() || c.is_whitespace() || ".,'\u{2019}-".contains(c);
        let is_city = city.contains(char::is_alphabetic) && city.chars().all(is_name);
        is_city.then(|| read_state(rules, state)).flatten()
    })
}
