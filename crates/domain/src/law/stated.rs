//! Interpretation of the address that a lead stated. This module must not know which rules apply in
//! a place, nor what follows from an address that cannot be interpreted.
//!
//! Addresses come from forms, spreadsheets and other systems. An unambiguous field is interpreted
//! in any spelling; an ambiguous one stands for all places that it may mean. Any other field is
//! invalid: new leads with it are rejected ([`StatedPlaces::faults`]), and stored ones fall under
//! the strictest rules.

mod names;

use std::fmt;

use crate::law::data::RuleData;
use crate::law::jurisdiction::Jurisdiction;

pub use names::{read_country, read_state};

/// The address as the lead stated it. An empty text counts as not stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatedAddress<'t> {
    /// The state, province or territory: its code, a name or an abbreviation.
    pub state: Option<&'t str>,
    /// The ZIP code or Canadian postal code.
    pub postal_code: Option<&'t str>,
}

/// The meaning of one field of an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stated {
    /// The field was not stated.
    #[default]
    Nothing,
    /// The field cannot be interpreted.
    NotUnderstood,
    /// One of these places, at least one. It is not known which, so all apply.
    In(Vec<Jurisdiction>),
}

/// The meaning of an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatedPlaces {
    /// The meaning of the state field.
    pub state: Stated,
    /// The meaning of the postal code field.
    pub postal_code: Stated,
}

/// A field of an address that cannot be interpreted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {}", self.problem())]
pub struct PlaceNotUnderstood {
    pub field: AddressField,
    /// The content of the field, truncated to 40 characters.
    pub text: String,
}

/// The fields of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressField {
    /// The state.
    State,
    /// The postal code.
    PostalCode,
}

impl PlaceNotUnderstood {
    /// What is wrong, in words that follow the field's name.
    #[must_use]
    pub fn problem(&self) -> String {
        format!(
            "is \"{}\": expected {}, or nothing",
            self.text,
            self.field.expected()
        )
    }
}

impl StatedPlaces {
    /// Interprets an address. Each field resolves ambiguity in the other: where one field may mean
    /// several places and the other means one of them, that one is meant. `near`, the states of the
    /// area code, helps in the same way. Fields that contradict each other both apply.
    #[must_use]
    pub fn read(rules: &RuleData, address: StatedAddress<'_>, near: &[Jurisdiction]) -> Self {
        let state = Field::read(rules, address.state);
        let postal_code = Field::read(rules, address.postal_code);
        let state_alone = state.places_if_sure();
        Self {
            postal_code: postal_code.settle(&state_alone, near),
            state: state.settle(&postal_code.places_if_sure(), near),
        }
    }

    /// The fields that cannot be interpreted.
    pub fn not_understood(&self) -> impl Iterator<Item = AddressField> {
        let fields = [
            (AddressField::State, &self.state),
            (AddressField::PostalCode, &self.postal_code),
        ];
        let is_unclear = |stated: &Stated| *stated == Stated::NotUnderstood;
        let unclear = fields
            .into_iter()
            .filter(move |(_, stated)| is_unclear(stated));
        unclear.map(|(field, _)| field)
    }

    /// The faults of an address that is about to be stored. Every intake of leads must reject a
    /// lead for which this is not empty.
    #[must_use]
    pub fn faults(rules: &RuleData, address: StatedAddress<'_>) -> Vec<PlaceNotUnderstood> {
        let stated = Self::read(rules, address, &[]);
        let faults = stated.not_understood().map(|field| PlaceNotUnderstood {
            field,
            text: field.of(address).chars().take(40).collect(),
        });
        faults.collect()
    }

    /// The places that either field means; [`Jurisdiction::DEFAULT_STRICT`] for a field that cannot
    /// be interpreted. Empty where no address was stated.
    pub fn jurisdictions(&self) -> impl Iterator<Item = Jurisdiction> {
        let of_state = self.state.jurisdictions().iter().copied();
        of_state.chain(self.postal_code.jurisdictions().iter().copied())
    }

    /// The single place that the address means: by the state if it is unambiguous, else by the
    /// postal code.
    #[must_use]
    pub fn only_place(&self) -> Option<Jurisdiction> {
        [&self.state, &self.postal_code]
            .into_iter()
            .find_map(|stated| match stated {
                Stated::In(places) => match **places {
                    [place] if place != Jurisdiction::DEFAULT_STRICT => Some(place),
                    _ => None,
                },
                Stated::Nothing | Stated::NotUnderstood => None,
            })
    }
}

impl Stated {
    /// The places that apply.
    #[must_use]
    pub fn jurisdictions(&self) -> &[Jurisdiction] {
        match self {
            Self::Nothing => &[],
            Self::NotUnderstood => &[Jurisdiction::DEFAULT_STRICT],
            Self::In(places) => places,
        }
    }
}

impl AddressField {
    /// The name of the field in seeds and requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::PostalCode => "postalCode",
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::State => {
                "a state, province or territory of the US or Canada, such as FL, Fla. or Florida"
            }
            Self::PostalCode => {
                "a ZIP code or a Canadian postal code that is in use, such as 33101, 33101-1234 or \
                 K1A 0B1"
            }
        }
    }

    fn of(self, address: StatedAddress<'_>) -> &str {
        let text = match self {
            Self::State => address.state,
            Self::PostalCode => address.postal_code,
        };
        text.unwrap_or_default()
    }
}

impl fmt::Display for AddressField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The interpretation of a field by itself.
struct Field {
    stated: Stated,
    is_sure: bool,
}

impl Field {
    /// A state may appear in the postal code field and vice versa; one field may contain both.
    fn read(rules: &RuleData, text: Option<&str>) -> Self {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Self {
                stated: Stated::Nothing,
                is_sure: true,
            };
        };
        let place = names::read_place(rules, text);
        Self {
            is_sure: place.as_ref().is_none_or(|place| place.is_sure),
            stated: place.map_or(Stated::NotUnderstood, |place| Stated::In(place.places)),
        }
    }

    fn places_if_sure(&self) -> Vec<Jurisdiction> {
        match &self.stated {
            Stated::In(places) if self.is_sure => places.clone(),
            Stated::In(_) | Stated::Nothing | Stated::NotUnderstood => Vec::new(),
        }
    }

    /// The meaning of the field in the light of the other one and of the area code's states.
    fn settle(&self, other: &[Jurisdiction], near: &[Jurisdiction]) -> Stated {
        let Stated::In(places) = &self.stated else {
            return self.stated.clone();
        };
        let among = |those: &[Jurisdiction]| {
            let both = places.iter().filter(|place| those.contains(place));
            Some(both.copied().collect::<Vec<_>>()).filter(|both| !both.is_empty())
        };
        match among(other) {
            Some(both) => Stated::In(both),
            None if !self.is_sure => Stated::NotUnderstood,
            None if places.len() > 1 => Stated::In(among(near).unwrap_or_else(|| places.clone())),
            None => Stated::In(places.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
