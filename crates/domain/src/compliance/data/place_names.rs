//! Names of states, provinces and territories as people write them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::table::{DataError, Line, Located, rows};
use crate::compliance::jurisdiction::{Jurisdiction, JurisdictionRules};

const FILE: &str = "place_names.csv";

/// The places that each name may mean, by the letters of the name.
#[derive(Debug)]
pub(super) struct PlaceNames(HashMap<Box<str>, Box<[Jurisdiction]>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    places: String,
    names: String,
    source: String,
}

impl PlaceNames {
    /// Reads the names. Every place's two-letter code is a name of it without a row.
    pub(super) fn read(
        text: &str,
        rules: &BTreeMap<Jurisdiction, JurisdictionRules>,
    ) -> Result<Self, DataError> {
        let codes = rules.keys().map(|&place| (letters(place.as_str()), place));
        let mut names: HashMap<Box<str>, Box<[Jurisdiction]>> = codes
            .map(|(code, place)| (code.into(), Box::from([place])))
            .collect();
        for Located { line, row } in rows::<Row>(FILE, text)? {
            line.not_empty("source", &row.source)?;
            let places = places(line, &row.places, rules)?;
            for name in row.names.split(';') {
                let key = letters(name);
                line.not_empty("names", &key)?;
                if names.insert(key.into(), places.clone()).is_some() {
                    return Err(line.error(format!("the name `{name}` is there twice")));
                }
            }
        }
        Ok(Self(names))
    }

    /// What a name may mean, by its [`letters`].
    pub(super) fn find(&self, letters: &str) -> Option<&[Jurisdiction]> {
        self.0.get(letters).map(|places| &**places)
    }
}

fn places(
    line: Line,
    list: &str,
    rules: &BTreeMap<Jurisdiction, JurisdictionRules>,
) -> Result<Box<[Jurisdiction]>, DataError> {
    let mut seen = HashSet::new();
    list.split(';')
        .map(|code| {
            line.first_of(&mut seen, code, code)?;
            let place = line.jurisdiction(code)?;
            if place != Jurisdiction::DEFAULT_STRICT && !rules.contains_key(&place) {
                return Err(line.error(format!("no quiet hours of {code}")));
            }
            Ok(place)
        })
        .collect()
}

/// The letters and digits of a name in lower case, without accents: what names are compared by.
pub(in crate::compliance) fn letters(name: &str) -> String {
    folded(name).filter(|c| c.is_alphanumeric()).collect()
}

/// A text in lower case, with compatibility forms as plain ones and without accents.
pub(in crate::compliance) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
}

/// Characters that show nothing and are left in texts by copying.
pub(in crate::compliance) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}
