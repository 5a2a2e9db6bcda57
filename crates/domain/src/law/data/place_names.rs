//! Names of states, provinces and territories as people write them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use sms_text::fold;

use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::jurisdiction::{Jurisdiction, JurisdictionRules};

pub(super) const FILE: &str = "place_names.csv";

/// The places that each name may mean, keyed by the folded name.
#[derive(Debug, Clone)]
pub(super) struct PlaceNames(HashMap<Box<str>, Box<[Jurisdiction]>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    places: String,
    names: String,
    source: String,
}

impl PlaceNames {
    /// Loads the names. The two-letter code of every place is a name without a row.
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

    /// The places of each name.
    pub(super) fn rows(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().map(|(name, places)| {
            let places: Vec<&str> = places.iter().map(Jurisdiction::as_str).collect();
            (name.to_string(), places.join(";"))
        })
    }

    /// The places that a name may mean, by its [`letters`].
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

/// The letters and digits of a name, folded, by which names are compared.
fn letters(name: &str) -> String {
    let mut letters = fold(name);
    letters.retain(char::is_alphanumeric);
    letters
}
