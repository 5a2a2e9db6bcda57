//! The law as data.
/// The law as data.
#[derive(Debug)]
pub struct RuleData;
