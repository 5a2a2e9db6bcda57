//! The compliance rules for a message: THE list is in [`rules`], and the law at the recipient's location
//! is data in [`crate::law`]. This module must not know how a decision weighs the rules, how numbers are
//! chosen, or anything about carriers and storage.

mod document;
pub mod rule;
pub mod rules;

pub use document::rules_document;
