//! What an organization may choose, and what holds unless it does. Must not know any rule.

use serde::{Deserialize, Serialize};

use super::capacity::DEFAULT_CAPACITY_ZONE;
use crate::values::wire::wire_enum;

wire_enum! {
    /// What happens with a text that a content rule finds fault with.
    ContentPolicy {
        /// A warning in the trace.
        Warn = "warn",
        /// Refused.
        Block = "block",
    }
}

wire_enum! {
    /// What happens with a first message that lacks the sender's name or the way to opt out.
    IdentityPolicy {
        /// A warning in the trace.
        Warn = "warn",
        /// Refused.
        Block = "block",
        /// The missing words are added to the text.
        Append = "append",
    }
}

/// An organization's choices. Every field has a default, so that a stored policy names only what
/// differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Policy {
    /// Minutes after the lead's own text during which answers are an active exchange; 0 = off.
    pub active_exchange_minutes: u32,
    /// States and provinces that may be texted, by code or name; `None` = all.
    pub allowed_states: Option<Vec<String>>,
    /// Months that an inquiry counts as consent in the US (47 CFR 64.1200(f)(5)).
    pub consent_months_us: u32,
    /// Months that an inquiry counts as consent in Canada (CASL s. 10(9)).
    pub consent_months_ca: u32,
    /// Messages to one person in 24 hours where the state sets no stricter cap; 0 = no cap there.
    pub default_daily_cap: u32,
    /// Most messages to one lead an hour; `None` = no limit.
    pub lead_hourly_limit: Option<u32>,
    /// Most messages to one lead in 24 hours; `None` = no limit.
    pub lead_daily_limit: Option<u32>,
    /// The same text goes to the same lead at most once in so many seconds; 0 = off.
    pub same_text_seconds: u32,
    /// Forbidden-category words.
    pub forbidden_words: ContentPolicy,
    /// A first message without identity and opt-out words.
    pub first_message: IdentityPolicy,
    /// Where a day of capacity ends at midnight; an IANA name, or a usual one such as `Eastern`.
    pub capacity_zone: String,
    /// Typographic characters are replaced by their GSM equivalents before sending.
    pub smart_encoding: bool,
    /// Messages may be sent on credit.
    pub may_overdraw: bool,
    /// The texts of messages are erased so many days after the message last changed; `None` and 0 =
    /// kept.
    pub retention_days: Option<u32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            active_exchange_minutes: 60,
            allowed_states: None,
            consent_months_us: 3,
            consent_months_ca: 6,
            default_daily_cap: 3,
            lead_hourly_limit: None,
            lead_daily_limit: None,
            same_text_seconds: 0,
            forbidden_words: ContentPolicy::Warn,
            first_message: IdentityPolicy::Warn,
            capacity_zone: DEFAULT_CAPACITY_ZONE.to_owned(),
            smart_encoding: false,
            may_overdraw: false,
            retention_days: None,
        }
    }
}
