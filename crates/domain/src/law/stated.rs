//! What a lead said about the address, understood or not. This module must not know which rules hold
//! in a place, nor what follows from a place that is not understood.
//!
//! Addresses come from forms, spreadsheets and other systems. What can be read in only one way is
//! read, however it is written; what may mean two places means both; everything else is not
//! understood: refused where it enters ([`StatedPlaces::faults`]), and held to the strictest rules
//! where it is stored already.

mod names;

use std::fmt;

use crate::law::data::RuleData;
use crate::law::jurisdiction::Jurisdiction;

pub use names::{read_country, read_state};

/// What the lead said about the address. Empty texts count as nothing said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatedAddress<'t> {
    /// A state, province or territory: its code, a name or an abbreviation.
    pub state: Option<&'t str>,
    /// A ZIP code or a Canadian postal code.
    pub postal_code: Option<&'t str>,
}

/// What one field of an address means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stated {
    /// Nothing was said.
    #[default]
    Nothing,
    /// It is no place that we know.
    NotUnderstood,
    /// One of these places, at least one: which of them is not known, so all count.
    In(Vec<Jurisdiction>),
}

/// What an address means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatedPlaces {
    /// By the state.
    pub state: Stated,
    /// By the postal code.
    pub postal_code: Stated,
}

/// A field of an address that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is \"{text}\": expected {}, or nothing", field.expected())]
pub struct PlaceNotUnderstood {
    /// Which field.
    pub field: AddressField,
    /// What it says, cut after 40 characters.
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

impl StatedPlaces {
    /// Reads an address. Each field helps to read the other: where a field may mean several places
    /// and the other field one of them, that one is meant. The same goes for `near`, the states of
    /// the person's area code. Fields that contradict each other both count.
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

    /// The fields that are not understood.
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

    /// What is wrong with an address that is about to be stored: every intake of leads asks this,
    /// and refuses the lead unless the answer is empty.
    #[must_use]
    pub fn faults(rules: &RuleData, address: StatedAddress<'_>) -> Vec<PlaceNotUnderstood> {
        let stated = Self::read(rules, address, &[]);
        let faults = stated.not_understood().map(|field| PlaceNotUnderstood {
            field,
            text: field.of(address).chars().take(40).collect(),
        });
        faults.collect()
    }

    /// The places that either field means; [`Jurisdiction::DEFAULT_STRICT`] for one that is not
    /// understood. Empty where nothing was said.
    pub fn jurisdictions(&self) -> impl Iterator<Item = Jurisdiction> {
        let of_state = self.state.jurisdictions().iter().copied();
        of_state.chain(self.postal_code.jurisdictions().iter().copied())
    }

    /// The one place that the address means, by the state if that says enough, else by the postal
    /// code.
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
    /// The places that count.
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
    /// Its name in seeds and requests.
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

/// A field as it reads by itself.
struct Field {
    stated: Stated,
    is_sure: bool,
}

impl Field {
    /// A state may stand in the field of the postal code and the other way round, also both in one.
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

    /// What the field means beside the other one, and beside the area code's states.
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
