//! Where a recipient may be, and when all of these places are open. This module must not know what
//! is sent, by whom or how often.
//!
//! Each piece of evidence is a place: the area code's states with the code's zones, the stated state
//! and the state of the postal code with all their zones. Mobile numbers roam and are ported, so no
//! piece of evidence overrules another: a message must be inside every place's window, and each
//! place is tested in each of its zones.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::law::data::{AreaCodeEntry, RuleData};
use crate::law::jurisdiction::{Jurisdiction, JurisdictionRules};
use crate::law::schedule::{Closure, Zone, earliest_of};
use crate::law::stated::StatedPlaces;
use crate::values::phone::PhoneNumber;

/// The most messages to one person in 24 hours where no law says less: the cap of Fla. Stat.
/// 501.616(6), 15 O.S. 775C.4, Md. Com. Law 14-4502 and Oregon HB 3865, kept everywhere.
pub const DEFAULT_MAX_PER_24H: u32 = 3;

/// Where a recipient may be.
#[derive(Debug, Clone)]
pub enum RecipientLocation<'r> {
    /// In one of these places; which of them is not known, so all count.
    Known(Places<'r>),
    /// Nowhere that messages are sent to.
    Unknown(UnknownLocation),
}

/// Why a recipient cannot be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnknownLocation {
    /// No table knows the area code.
    UnknownAreaCode,
    /// A toll-free number is nowhere.
    TollFree,
    /// The number is of another country.
    OutsideUsCa,
}

/// The places a recipient may be in; at least one.
#[derive(Debug, Clone)]
pub struct Places<'r> {
    places: Vec<Place<'r>>,
}

/// A jurisdiction and the zones in which it is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'r> {
    /// The rules that hold there.
    pub rules: &'r JurisdictionRules,
    /// The zones in which the recipient may be.
    pub zones: &'r [Zone],
    /// Where the place comes from.
    pub source: LocationSource,
}

/// Where a place comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocationSource {
    /// The phone number's area code.
    AreaCode,
    /// The state that the lead stated.
    StatedState,
    /// The postal code that the lead stated.
    PostalCode,
}

/// A place that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<'r> {
    /// Whose hours these are.
    pub jurisdiction: Jurisdiction,
    /// The zone in which the hours were tested.
    pub zone: &'r Zone,
    /// Why it is closed.
    pub closure: Closure<'r>,
}

impl<'r> RecipientLocation<'r> {
    /// Places a recipient by the phone number and by what the lead stated.
    #[must_use]
    pub fn locate(rules: &'r RuleData, phone: &PhoneNumber, stated: &StatedPlaces) -> Self {
        let Some(code) = phone.area_code() else {
            let in_numbering_plan = phone.as_str().starts_with("+1");
            return Self::Unknown(if in_numbering_plan {
                UnknownLocation::UnknownAreaCode
            } else {
                UnknownLocation::OutsideUsCa
            });
        };
        rules.area_code(code).map_or_else(
            || Self::Unknown(rules.refusal(code)),
            |entry| Self::Known(Places::new(rules, entry, stated)),
        )
    }
}

impl<'r> Places<'r> {
    fn new(rules: &'r RuleData, entry: &'r AreaCodeEntry, stated: &StatedPlaces) -> Self {
        let of_code = entry.jurisdictions.iter().map(|jurisdiction| Place {
            rules: rules.rules_of(*jurisdiction),
            zones: &entry.zones,
            source: LocationSource::AreaCode,
        });
        let mut places = Self {
            places: of_code.collect(),
        };
        for (field, source) in [
            (&stated.state, LocationSource::StatedState),
            (&stated.postal_code, LocationSource::PostalCode),
        ] {
            for &jurisdiction in field.jurisdictions() {
                places.add(rules, jurisdiction, &entry.zones, source);
            }
        }
        places
    }

    /// Adds a stated place, unless it is there already. One that has no zones of its own, because it
    /// is not understood or lies nowhere, is tested in those of the area code: nothing else says where
    /// it is.
    fn add(
        &mut self,
        rules: &'r RuleData,
        stated: Jurisdiction,
        zones_of_code: &'r [Zone],
        source: LocationSource,
    ) {
        let rules = rules.rules_of(stated);
        if self
            .iter()
            .any(|place| place.rules.jurisdiction == rules.jurisdiction)
        {
            return;
        }
        let own_zones = Some(&*rules.zones).filter(|zones| !zones.is_empty());
        self.places.push(Place {
            rules,
            zones: own_zones.unwrap_or(zones_of_code),
            source,
        });
    }

    /// The places: of the area code first, then the stated ones.
    pub fn iter(&self) -> impl Iterator<Item = &Place<'r>> + Clone {
        self.places.iter()
    }

    /// Whether every place is open at an instant, in every zone.
    ///
    /// # Errors
    /// The first place that is [`Closed`].
    pub fn open_at(&self, at: DateTime<Utc>) -> Result<(), Closed<'r>> {
        self.tested().try_for_each(|(rules, zone)| {
            rules.schedule.check(zone, at).map_err(|closure| Closed {
                jurisdiction: rules.jurisdiction,
                zone: rules.schedule.zone_for(zone),
                closure,
            })
        })
    }

    /// The first instant from `from` to `horizon`, both included, at which every place is open in
    /// every zone; `None` when there is none.
    #[must_use]
    pub fn next_open(&self, from: DateTime<Utc>, horizon: DateTime<Utc>) -> Option<DateTime<Utc>> {
        earliest_of(from, horizon, &self.tested(), |(rules, zone), at| {
            rules.schedule.next_open(zone, at, horizon)
        })
    }

    /// The most messages in any 24 hours: the least of what the places' laws allow and of
    /// `otherwise`, the cap kept where no law sets one; `None` is no cap.
    #[must_use]
    pub fn max_per_24h(&self, otherwise: Option<u32>) -> Option<u32> {
        self.iter()
            .filter_map(|place| place.rules.max_per_24h)
            .chain(otherwise)
            .min()
    }

    /// Whether every place's law lets an answer to the person's own message arrive outside the
    /// hours.
    #[must_use]
    pub fn allow_replies(&self) -> bool {
        self.iter().all(|place| place.rules.replies_allowed)
    }

    /// Each place with each of its zones.
    fn tested(&self) -> impl Iterator<Item = (&'r JurisdictionRules, &'r Zone)> + Clone {
        self.places.iter().flat_map(|place| {
            let Place { rules, zones, .. } = *place;
            zones.iter().map(move |zone| (rules, zone))
        })
    }
}

impl fmt::Display for Closed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} in {}",
            self.jurisdiction, self.closure, self.zone
        )
    }
}

#[cfg(test)]
mod tests;
