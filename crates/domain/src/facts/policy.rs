//! An organization's policy and its defaults. Must not know any rule.

use serde::{Deserialize, Serialize};

use super::capacity::DEFAULT_CAPACITY_ZONE;
use crate::values::billing::Money;
use crate::values::wire::wire_enum;

/// The usual price of an MMS: that of three segments.
const MMS_PRICE: Money = Money::from_micros(60_000);

wire_enum! {
    /// What a content rule does with a text that it objects to.
    ContentPolicy {
        /// The message is sent, and the trace has a warning.
        Warn = "warn",
        /// The message is refused.
        Block = "block",
    }
}

wire_enum! {
    /// What happens with a first message that lacks the sender's name or opt-out instructions.
    IdentityPolicy {
        /// The message is sent, and the trace has a warning.
        Warn = "warn",
        /// The message is refused.
        Block = "block",
        /// The missing words are added to the text.
        Append = "append",
    }
}

/// An organization's policy. Every field has a default, so that a stored policy contains only the
/// differences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Policy {
    /// Minutes after a text of the lead during which replies count as an active exchange; 0 = off.
    pub active_exchange_minutes: u32,
    /// The states and provinces that may be texted, by code or name; `None` = all.
    pub allowed_states: Option<Vec<String>>,
    /// Months for which an inquiry counts as consent in the US (47 CFR 64.1200(f)(5)).
    pub consent_months_us: u32,
    /// Months for which an inquiry counts as consent in Canada (CASL s. 10(9)).
    pub consent_months_ca: u32,
    /// The most messages to one person in 24 hours where the state has no stricter cap; 0 = no cap
    /// there.
    pub default_daily_cap: u32,
    /// The most messages to one lead in an hour; `None` = no limit.
    pub lead_hourly_limit: Option<u32>,
    /// The most messages to one lead in 24 hours; `None` = no limit.
    pub lead_daily_limit: Option<u32>,
    /// Seconds within which the same text is not sent to the same lead twice; 0 = off.
    pub same_text_seconds: u32,
    /// How messages with words of a forbidden category are handled.
    pub forbidden_words: ContentPolicy,
    /// How first messages without the sender's name or opt-out instructions are handled.
    pub first_message: IdentityPolicy,
    /// The time zone of capacity days: an IANA name, or a common name such as `Eastern`.
    pub capacity_zone: String,
    /// Minutes after a message was asked for, or after the instant for which it is scheduled, during
    /// which it may be sent, unless the client says otherwise; at most a week.
    pub validity_minutes: u32,
    /// Whether numbers on the national do-not-call list are not solicited; the list must be imported.
    pub scrub_national_dnc: bool,
    /// Whether numbers that were reassigned since the consent are not texted; the database must be asked.
    pub scrub_reassigned: bool,
    /// Whether typographic characters are replaced by GSM equivalents before a message is stored.
    pub smart_encoding: bool,
    /// Whether messages may be sent on credit.
    pub may_overdraw: bool,
    /// The price of an MMS, whatever the length of its text, in millionths of a dollar.
    pub mms_price: Money,
    /// Days after a message's last change at which its text is erased; `None` or 0 = never.
    pub retention_days: Option<u32>,
    /// Days that the facts behind a decision are kept, so that it can be judged again, at least 1; `None` = 400.
    pub decision_retention_days: Option<u32>,
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
            validity_minutes: 72 * 60,
            scrub_national_dnc: false,
            scrub_reassigned: false,
            smart_encoding: false,
            may_overdraw: false,
            mms_price: MMS_PRICE,
            retention_days: None,
            decision_retention_days: None,
        }
    }
}
