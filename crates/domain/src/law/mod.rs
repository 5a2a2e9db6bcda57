//! The law as data and the places to which it applies: states and provinces with their hours, holidays
//! and caps, area codes, postal codes and time zones; the location of a recipient; and opening hours.
//! This module must not know any rule, what is sent, or who sends it.

pub mod data;
pub mod difference;
pub mod history;
pub mod jurisdiction;
pub mod recipient_location;
pub mod schedule;
pub mod stated;
mod words;

pub use data::{DataError, RuleData, RuleFiles};
pub use difference::{Days, LawChange, LawChangeKind, Minutes, compared_until, difference};
pub use history::{DatedRules, LawHistory, TextCoverage};
pub use jurisdiction::{Country, Jurisdiction, JurisdictionRules};
pub use recipient_location::{
    Closed, DEFAULT_MAX_PER_24H, LocationSource, Place, Places, RecipientLocation, UnknownLocation,
};
pub use stated::{
    AddressField, PlaceNotUnderstood, Stated, StatedAddress, StatedPlaces, read_country, read_state,
};
