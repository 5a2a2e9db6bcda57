//! What the law of the recipient's place asks of a message. This module must not know about
//! organizations' numbers, money, carriers or storage.

mod content_lists;
pub mod data;
mod document;
pub mod jurisdiction;
pub mod recipient_location;
pub mod rule;
pub mod rules;
pub mod traffic;
pub mod wording;
mod words;

pub use data::{DataError, RuleData, RuleFiles};
pub use document::rules_document;
pub use jurisdiction::{Country, Jurisdiction, JurisdictionRules, TextCoverage};
pub use recipient_location::{
    Closed, DEFAULT_MAX_PER_24H, Evidence, Place, Places, RecipientLocation, StatedAddress,
    UnknownLocation,
};
pub use rule::RuleCode;
