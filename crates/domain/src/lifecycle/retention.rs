//! Retention periods: texts and the facts behind decisions follow each organization's policy, and other data that
//! becomes obsolete follows one table. The opt-out list, the ledger, the history and the decisions with their traces
//! are kept permanently.
//!
//! Must not know where data is stored or what removes it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::facts::Policy;
use crate::values::ids::OrganizationId;
use crate::values::wire::wire_enum;

wire_enum! {
    /// The data whose rows are removed over time.
    Perishable {
        /// Idempotency keys, by their expiry.
        IdempotencyKeys = "idempotency_keys",
        /// Capacity counters of numbers, by the start of their windows.
        NumberUsage = "number_usage",
        /// Capacity counters of campaigns, by the start of their windows.
        CampaignUsage = "campaign_usage",
        /// Reputation events of numbers.
        ReputationEvents = "number_troubles",
        /// Health changes of numbers. The newest change of each number is part of its health and
        /// stays.
        HealthChanges = "health_changes",
        /// The provider's events, as received.
        ProviderEvents = "provider_events",
        /// The hashes of tokens that were made before tokens were sealed, by the start of their attempt.
        ListedTokens = "attempt_tokens",
        /// The facts behind the first decisions about messages, by the creation of the message.
        FirstDecisions = "first_decisions",
        /// The facts behind later decisions, by the creation of the message.
        LaterDecisions = "later_decisions",
        /// The facts behind the decisions that confirmed another, by the start of their attempt.
        Confirmations = "confirmations",
        /// Events that organizations were told of, by their time. They contain received texts.
        WebhookEvents = "webhook_events",
        /// Calls of endpoints for events.
        WebhookAttempts = "webhook_attempts",
        /// What waits for an endpoint that was removed while it was told.
        WebhookDeliveries = "webhook_deliveries",
        /// Uploaded files, by the instant until which they are kept.
        Uploads = "uploads",
    }
}

/// How long the facts behind a decision are kept unless the policy says otherwise.
const DECISION_FACTS: TimeDelta = TimeDelta::days(400);

impl Perishable {
    const fn contains_texts(self) -> bool {
        matches!(self, Self::ProviderEvents | Self::WebhookEvents)
    }

    /// The retention period, which is longer than any use of the data requires.
    const fn kept(self, setting: &Retention) -> Option<TimeDelta> {
        match self {
            // The clocks of machines differ.
            Self::IdempotencyKeys => Some(TimeDelta::hours(1)),
            // A message may release its reservation until its validity ends, a week later at most.
            Self::NumberUsage | Self::CampaignUsage => Some(TimeDelta::days(14)),
            // Health looks back at 24 hours; a receipt may come again days later.
            Self::ReputationEvents => Some(TimeDelta::days(30)),
            Self::HealthChanges => Some(TimeDelta::days(365)),
            Self::ProviderEvents => setting.provider_events,
            // Receipts come within days; later ones still find their attempt by the provider's id.
            Self::ListedTokens => Some(TimeDelta::days(30)),
            Self::FirstDecisions | Self::LaterDecisions | Self::Confirmations => {
                Some(DECISION_FACTS)
            }
            // As long as they can be asked for again; a call is repeated for 28 hours at most.
            Self::WebhookEvents | Self::WebhookAttempts | Self::WebhookDeliveries => {
                Some(TimeDelta::days(30))
            }
            // Each says itself until when it is kept.
            Self::Uploads => Some(TimeDelta::zero()),
        }
    }

    /// Whether it is the facts behind decisions, of which only the decision and its trace stay.
    const fn is_behind_decisions(self) -> bool {
        matches!(
            self,
            Self::FirstDecisions | Self::LaterDecisions | Self::Confirmations
        )
    }
}

/// The operator's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long the provider's events are kept; `None` = permanently.
    pub provider_events: Option<TimeDelta>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            provider_events: Some(TimeDelta::days(30)),
        }
    }
}

/// An organization with a retention period for texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRetention {
    pub organization_id: OrganizationId,
    /// How long a message keeps its text after its last change.
    pub kept: TimeDelta,
}

/// An organization with a retention period of its own for the facts behind decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionRetention {
    pub organization_id: OrganizationId,
    /// How long the facts are kept.
    pub kept: TimeDelta,
}

impl DecisionRetention {
    /// The retention period of a policy; `None` = the usual one.
    #[must_use]
    pub fn of(organization_id: OrganizationId, policy: &Policy) -> Option<Self> {
        let days = policy.decision_retention_days?;
        Some(Self {
            organization_id,
            kept: TimeDelta::days(i64::from(days)),
        })
    }
}

impl TextRetention {
    /// The retention period of a policy; `None` = texts are kept permanently.
    #[must_use]
    pub fn of(organization_id: OrganizationId, policy: &Policy) -> Option<Self> {
        let days = policy.retention_days.filter(|days| *days > 0)?;
        Some(Self {
            organization_id,
            kept: TimeDelta::days(i64::from(days)),
        })
    }

    /// The cutoff: texts of messages that last changed before it are erased.
    #[must_use]
    pub fn erased_before(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        before(now, self.kept)
    }
}

impl Retention {
    /// The cutoff: older data is removed; `None` = no data is removed.
    ///
    /// The provider's events contain texts too, and their organization is unknown until an event is
    /// matched. They are therefore kept no longer than the shortest period of any organization, and so
    /// are the events that organizations are told of.
    #[must_use]
    pub fn removed_before(
        &self,
        what: Perishable,
        texts: &[TextRetention],
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let soonest = texts
            .iter()
            .map(|texts| texts.kept)
            .filter(|_| what.contains_texts());
        let kept = what.kept(self).into_iter().chain(soonest).min()?;
        Some(before(now, kept))
    }

    /// The cutoffs of organizations that have another one than all others.
    #[must_use]
    pub fn exceptions(
        what: Perishable,
        decisions: &[DecisionRetention],
        now: DateTime<Utc>,
    ) -> Vec<(OrganizationId, DateTime<Utc>)> {
        let own = decisions.iter().filter(|_| what.is_behind_decisions());
        own.map(|own| (own.organization_id, before(now, own.kept)))
            .collect()
    }
}

fn before(now: DateTime<Utc>, kept: TimeDelta) -> DateTime<Utc> {
    now.checked_sub_signed(kept)
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: &str = "2026-03-03T17:00:00Z";

    fn now() -> DateTime<Utc> {
        NOW.parse().unwrap()
    }

    fn texts(retention_days: Option<u32>) -> Option<TextRetention> {
        let policy = Policy {
            retention_days,
            ..Policy::default()
        };
        TextRetention::of(OrganizationId::new(Uuid::nil()), &policy)
    }

    fn events_removed_before(setting: Option<i64>, days: &[u32]) -> Option<DateTime<Utc>> {
        let retention = Retention {
            provider_events: setting.map(TimeDelta::days),
        };
        let texts: Vec<_> = days.iter().filter_map(|days| texts(Some(*days))).collect();
        retention.removed_before(Perishable::ProviderEvents, &texts, now())
    }

    #[test]
    fn texts_are_kept_for_good_unless_the_policy_says_otherwise() {
        assert_eq!(texts(None), None);
        assert_eq!(texts(Some(0)), None);
        let erased_before = texts(Some(30)).unwrap().erased_before(now());
        assert_eq!(erased_before, now() - TimeDelta::days(30));
    }

    #[test]
    fn events_are_kept_no_longer_than_the_texts_of_whoever_erases_soonest() {
        let days_ago = |days| Some(now() - TimeDelta::days(days));
        assert_eq!(events_removed_before(Some(30), &[]), days_ago(30));
        assert_eq!(events_removed_before(Some(30), &[90, 7]), days_ago(7));
        assert_eq!(events_removed_before(Some(30), &[90]), days_ago(30));
        assert_eq!(events_removed_before(None, &[90]), days_ago(90));
        assert_eq!(events_removed_before(None, &[]), None);
    }

    #[test]
    fn the_texts_of_an_organization_say_nothing_about_anything_but_events() {
        let soon = [texts(Some(1)).unwrap()];
        for what in Perishable::ALL {
            let alone = Retention::default().removed_before(*what, &[], now());
            let beside = Retention::default().removed_before(*what, &soon, now());
            assert_eq!(alone != beside, what.contains_texts(), "{what}");
        }
    }

    #[test]
    fn the_facts_behind_decisions_are_kept_as_long_as_the_policy_says() {
        let own = |days| {
            let policy = Policy {
                decision_retention_days: days,
                ..Policy::default()
            };
            DecisionRetention::of(OrganizationId::new(Uuid::nil()), &policy)
        };
        assert_eq!(own(None), None);
        let own = [own(Some(1_825)).unwrap()];
        let cutoff = now() - TimeDelta::days(1_825);
        for what in Perishable::ALL {
            let exceptions = Retention::exceptions(*what, &own, now());
            let usual = Retention::default().removed_before(*what, &[], now());
            if what.is_behind_decisions() {
                assert_eq!(exceptions, [(own[0].organization_id, cutoff)], "{what}");
                assert_eq!(usual, Some(now() - TimeDelta::days(400)), "{what}");
            } else {
                assert_eq!(exceptions, [], "{what}");
            }
        }
    }

    #[test]
    fn a_retention_longer_than_time_removes_nothing() {
        let ages = texts(Some(u32::MAX)).unwrap();
        assert!(ages.erased_before(now()) < now() - TimeDelta::days(365_000));
    }
}
