//! The possible locations of a recipient, and when all of them are open. This module must not know
//! what is sent, by whom or how often.
//!
//! Each source gives a place: the area code's states with the code's zones, the stated state and the
//! state of the postal code with all their zones. Mobile numbers roam and are ported, so no source
//! overrules another: a message must be inside every place's window, and each place is tested in
//! each of its zones.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::law::data::{AreaCodeEntry, RuleData};
use crate::law::jurisdiction::{Jurisdiction, JurisdictionRules};
use crate::law::schedule::{Closure, Zone, earliest_of};
use crate::law::stated::StatedPlaces;
use crate::values::phone::PhoneNumber;

/// The default cap on messages to one person in 24 hours where no law sets a lower one: the cap of
/// Fla. Stat. 501.616(6), 15 O.S. 775C.4, Md. Com. Law 14-4502 and Oregon HB 3865, applied
/// everywhere.
pub const DEFAULT_MAX_PER_24H: u32 = 3;

/// The possible locations of a recipient.
#[derive(Debug, Clone)]
pub enum RecipientLocation<'r> {
    /// The recipient is in one of these places. It is not known which, so the rules of all apply.
    Known(Places<'r>),
    /// The recipient is at no place to which messages are sent.
    Unknown(UnknownLocation),
}

/// Why a recipient cannot be located.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnknownLocation {
    /// No table contains the area code.
    UnknownAreaCode,
    /// A toll-free number has no location.
    TollFree,
    /// The number belongs to another country.
    OutsideUsCa,
}

/// The places in which a recipient may be; at least one.
#[derive(Debug, Clone)]
pub struct Places<'r> {
    places: Vec<Place<'r>>,
}

/// A jurisdiction and the time zones in which its hours are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'r> {
    /// The rules that apply there.
    pub rules: &'r JurisdictionRules,
    /// The zones in which the recipient may be.
    pub zones: &'r [Zone],
    /// The source of the place.
    pub source: LocationSource,
}

/// The source from which a recipient's location is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocationSource {
    /// The phone number's area code.
    AreaCode,
    /// The state that the lead stated.
    StatedState,
    /// The postal code that the lead stated.
    PostalCode,
}

/// A place whose hours do not allow a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<'r> {
    /// The jurisdiction whose hours apply.
    pub jurisdiction: Jurisdiction,
    /// The zone in which the hours were tested.
    pub zone: &'r Zone,
    /// Why it is closed.
    pub closure: Closure<'r>,
}

impl<'r> RecipientLocation<'r> {
    /// Locates a recipient by the phone number and by what the lead stated.
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

    /// Adds a stated place, unless it is already included. A place without zones of its own, because
    /// it could not be interpreted, is tested in the zones of the area code, the only other source.
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

    /// The places: first those of the area code, then the stated ones.
    pub fn iter(&self) -> impl Iterator<Item = &Place<'r>> + Clone {
        self.places.iter()
    }

    /// Whether every place is open at an instant, in every zone, by the law of the local date there.
    ///
    /// # Errors
    /// The first place that is [`Closed`].
    pub fn open_at(&self, at: DateTime<Utc>) -> Result<(), Closed<'r>> {
        self.tested().try_for_each(|(rules, zone)| {
            let schedule = &rules.law.at(zone, at).schedule;
            schedule.check(zone, at).map_err(|closure| Closed {
                jurisdiction: rules.jurisdiction,
                zone: schedule.zone_for(zone),
                closure,
            })
        })
    }

    /// The first instant from `from` to `horizon`, both included, at which every place is open in
    /// every zone; `None` when there is none.
    #[must_use]
    pub fn next_open(&self, from: DateTime<Utc>, horizon: DateTime<Utc>) -> Option<DateTime<Utc>> {
        earliest_of(from, horizon, &self.tested(), |(rules, zone), at| {
            rules.law.next_open(zone, at, horizon)
        })
    }

    /// The first instant after `after` from which the law of a place is another; `None` when no
    /// change is known.
    #[must_use]
    pub fn next_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.tested()
            .filter_map(|(rules, zone)| rules.law.next_change(zone, after))
            .min()
    }

    /// The cap on messages in any 24 hours, for a message at an instant: the lowest of the places'
    /// laws and of `otherwise`, the cap where no law sets one; `None` = no cap.
    #[must_use]
    pub fn max_per_24h(&self, at: DateTime<Utc>, otherwise: Option<u32>) -> Option<u32> {
        self.tested()
            .filter_map(|(rules, zone)| rules.law.at(zone, at).max_per_24h)
            .chain(otherwise)
            .min()
    }

    /// Whether every place's law allows a reply to the recipient's own message outside the hours, at
    /// an instant.
    #[must_use]
    pub fn allow_replies(&self, at: DateTime<Utc>) -> bool {
        self.tested()
            .all(|(rules, zone)| rules.law.at(zone, at).replies_allowed)
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
