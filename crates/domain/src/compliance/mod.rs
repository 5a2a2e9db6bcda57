//! What must hold for a message to leave: THE list of rules in [`rules`], and the law of the
//! recipient's place as data in [`data`]. This module must not know how a decision weighs the rules,
//! how numbers are chosen, or anything about carriers and storage.

mod content_lists;
pub mod data;
mod document;
pub mod jurisdiction;
mod links;
pub mod recipient_location;
pub mod rule;
pub mod rules;
pub mod stated;
pub mod traffic;
pub mod wording;
mod words;

pub use data::{DataError, RuleData, RuleFiles};
pub use document::rules_document;
pub use jurisdiction::{Country, Jurisdiction, JurisdictionRules, TextCoverage};
pub use recipient_location::{
    Closed, DEFAULT_MAX_PER_24H, Evidence, Place, Places, RecipientLocation, UnknownLocation,
};
pub use rule::RuleCode;
pub use stated::{
    AddressField, PlaceNotUnderstood, Stated, StatedAddress, StatedPlaces, read_country, read_state,
};
