//! What might replace the law or the policy.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use sms_domain::decision::Restored;
use sms_domain::facts::{ContentPolicy, IdentityPolicy, Policy};
use sms_domain::law::RuleData;
use sms_domain::values::billing::Money;

use crate::case::NotReplayable;

/// What might replace the recorded law and policy.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// Another law; `None` = the recorded one.
    pub law: Option<&'static RuleData>,
    /// Changes of every organization's policy.
    pub policy: Option<PolicyChange>,
}

/// Fields of a policy that change, by their names in a seed; the others stay as they are recorded. It has those that
/// decisions read when they are made: what is settled before, such as a message's validity, cannot be judged again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct PolicyChange {
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    active_exchange_minutes: Option<u32>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    allowed_states: Option<Option<Vec<String>>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    consent_months_us: Option<u32>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    consent_months_ca: Option<u32>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    default_daily_cap: Option<u32>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    lead_hourly_limit: Option<Option<u32>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    lead_daily_limit: Option<Option<u32>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    same_text_seconds: Option<u32>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    forbidden_words: Option<ContentPolicy>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    first_message: Option<IdentityPolicy>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    scrub_national_dnc: Option<bool>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    scrub_reassigned: Option<bool>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    may_overdraw: Option<bool>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    mms_price: Option<Money>,
}

/// A field that is there, also with the value null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl Candidate {
    /// Whether nothing is to be replaced.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.law.is_none() && self.policy.is_none()
    }

    /// Puts the candidate in place of what a decision rested on.
    pub(crate) fn replace(&self, restored: &mut Restored) -> Result<(), NotReplayable> {
        if let Some(law) = self.law {
            if !law.reads_texts_as(restored.context.rules) {
                return Err(NotReplayable::TextErased);
            }
            restored.context.rules = law;
        }
        if let Some(change) = &self.policy {
            let org = Arc::make_mut(&mut restored.context.org);
            org.policy = change.of(&org.policy);
        }
        Ok(())
    }
}

impl PolicyChange {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The changed policy.
    fn of(&self, policy: &Policy) -> Policy {
        let Policy {
            active_exchange_minutes,
            allowed_states,
            consent_months_us,
            consent_months_ca,
            default_daily_cap,
            lead_hourly_limit,
            lead_daily_limit,
            same_text_seconds,
            forbidden_words,
            first_message,
            capacity_zone,
            validity_minutes,
            scrub_national_dnc,
            scrub_reassigned,
            smart_encoding,
            may_overdraw,
            mms_price,
            retention_days,
            decision_retention_days,
        } = policy;
        Policy {
            active_exchange_minutes: (self.active_exchange_minutes)
                .unwrap_or(*active_exchange_minutes),
            allowed_states: (self.allowed_states.clone()).unwrap_or_else(|| allowed_states.clone()),
            consent_months_us: self.consent_months_us.unwrap_or(*consent_months_us),
            consent_months_ca: self.consent_months_ca.unwrap_or(*consent_months_ca),
            default_daily_cap: self.default_daily_cap.unwrap_or(*default_daily_cap),
            lead_hourly_limit: self.lead_hourly_limit.unwrap_or(*lead_hourly_limit),
            lead_daily_limit: self.lead_daily_limit.unwrap_or(*lead_daily_limit),
            same_text_seconds: self.same_text_seconds.unwrap_or(*same_text_seconds),
            forbidden_words: self.forbidden_words.unwrap_or(*forbidden_words),
            first_message: self.first_message.unwrap_or(*first_message),
            // Settled before a decision, or read by none.
            capacity_zone: capacity_zone.clone(),
            validity_minutes: *validity_minutes,
            scrub_national_dnc: self.scrub_national_dnc.unwrap_or(*scrub_national_dnc),
            scrub_reassigned: self.scrub_reassigned.unwrap_or(*scrub_reassigned),
            smart_encoding: *smart_encoding,
            may_overdraw: self.may_overdraw.unwrap_or(*may_overdraw),
            mms_price: self.mms_price.unwrap_or(*mms_price),
            retention_days: *retention_days,
            decision_retention_days: *decision_retention_days,
        }
    }
}

/// The fields that change, as JSON.
impl std::fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<PolicyChange, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_given_replaces_and_the_rest_stays() {
        let change = read(r#"{ "defaultDailyCap": 1, "leadDailyLimit": null }"#).unwrap();
        let policy = Policy {
            lead_daily_limit: Some(4),
            lead_hourly_limit: Some(2),
            ..Policy::default()
        };
        let changed = change.of(&policy);
        let expected = Policy {
            default_daily_cap: 1,
            lead_daily_limit: None,
            ..policy
        };
        assert_eq!(changed, expected);
        assert!(read("{}").unwrap().is_empty() && !change.is_empty());
        let shown = r#"{"defaultDailyCap":1,"leadDailyLimit":null}"#;
        assert_eq!(change.to_string(), shown);
    }

    #[test]
    fn what_no_decision_reads_when_it_is_made_is_refused_by_name() {
        for field in ["validityMinutes", "smartEncoding", "capacityZone", "cap"] {
            let error = read(&format!("{{ \"{field}\": 1 }}")).unwrap_err();
            assert!(error.contains(field), "{error}");
        }
    }
}
