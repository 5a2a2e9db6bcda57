//! The evidence state machine: the provider's reports about one attempt, merged by rank.
//!
//! Merging is commutative, associative and idempotent: the HTTP response and all receipts may
//! arrive in any order and any number of times with the same result. No evidence is refused. This
//! module must not know the provider or its protocol.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::carrier::{Evidence, EvidenceKind, ProviderError};

/// The merged evidence about one attempt, from which the status of the message follows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MergedEvidence {
    /// The strongest evidence; of equals the earliest, then the one with the smallest id.
    pub strongest: Option<RankedEvidence>,
    /// The earliest acceptance by the provider or a carrier.
    pub sent_at: Option<DateTime<Utc>>,
    /// The provider's id of the message, from the earliest evidence that has one.
    pub provider_id: Option<Named<String>>,
    /// The number of segments as the provider counts them, from the earliest evidence that has one.
    pub parts: Option<Named<u32>>,
    /// The error of the strongest evidence that has one.
    pub error: Option<(RankedEvidence, ProviderError)>,
}

/// A kind of evidence with its tie-breakers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredEvidence", into = "StoredEvidence")]
pub struct RankedEvidence {
    pub kind: EvidenceKind,
    /// When the reported event happened.
    pub occurred_at: DateTime<Utc>,
    /// Identifier of the evidence.
    pub event_id: String,
}

/// The stored form of ranked evidence. The previous release does not know `throttled` and `opted_out`,
/// and reads both as `failed`.
#[derive(Serialize, Deserialize)]
struct StoredEvidence {
    kind: EvidenceKind,
    occurred_at: DateTime<Utc>,
    event_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exact_kind: Option<EvidenceKind>,
}

impl From<RankedEvidence> for StoredEvidence {
    fn from(ranked: RankedEvidence) -> Self {
        let is_new = matches!(
            ranked.kind,
            EvidenceKind::Throttled | EvidenceKind::OptedOut
        );
        Self {
            kind: if is_new {
                EvidenceKind::Failed
            } else {
                ranked.kind
            },
            occurred_at: ranked.occurred_at,
            event_id: ranked.event_id,
            exact_kind: is_new.then_some(ranked.kind),
        }
    }
}

impl From<StoredEvidence> for RankedEvidence {
    fn from(stored: StoredEvidence) -> Self {
        Self {
            kind: stored.exact_kind.unwrap_or(stored.kind),
            occurred_at: stored.occurred_at,
            event_id: stored.event_id,
        }
    }
}

/// A value with the instant and the id of the evidence that contains it: the earliest wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named<T> {
    /// When the reported event happened.
    pub occurred_at: DateTime<Utc>,
    /// Identifier of the evidence.
    pub event_id: String,
    /// The reported value.
    pub value: T,
}

fn rank(evidence: &Evidence) -> RankedEvidence {
    RankedEvidence {
        kind: evidence.kind,
        occurred_at: evidence.occurred_at,
        event_id: evidence.event_id.clone(),
    }
}

fn named<T: Clone>(evidence: &Evidence, value: Option<&T>) -> Option<Named<T>> {
    value.map(|value| Named {
        occurred_at: evidence.occurred_at,
        event_id: evidence.event_id.clone(),
        value: value.clone(),
    })
}

impl RankedEvidence {
    /// Orders by rank, then the earlier instant, then the smaller id; `Greater` wins. The kind
    /// comes last, so that the order is total.
    fn strength(&self, other: &Self) -> Ordering {
        (self.kind.rank().cmp(&other.kind.rank()))
            .then_with(|| other.occurred_at.cmp(&self.occurred_at))
            .then_with(|| other.event_id.cmp(&self.event_id))
            .then_with(|| self.kind.cmp(&other.kind))
    }
}

impl MergedEvidence {
    /// Adds one piece of evidence.
    #[must_use]
    pub fn merge(self, new: &Evidence) -> Self {
        let ranked = rank(new);
        let acceptance = matches!(new.kind, EvidenceKind::Accepted | EvidenceKind::Sent)
            .then_some(new.occurred_at);
        let error = new.error.clone().map(|error| (ranked.clone(), error));
        Self {
            sent_at: earliest(self.sent_at, acceptance),
            provider_id: earliest(
                self.provider_id,
                named(new, new.provider_message_id.as_ref()),
            ),
            parts: earliest(self.parts, named(new, new.parts.as_ref())),
            error: stronger_error(self.error, error),
            strongest: stronger(self.strongest, Some(ranked)),
        }
    }

    /// The kind of the strongest evidence; `None` when there is none yet.
    #[must_use]
    pub fn verdict(&self) -> Option<EvidenceKind> {
        self.strongest.as_ref().map(|ranked| ranked.kind)
    }

    /// When the event reported by the strongest evidence happened.
    #[must_use]
    pub fn verdict_at(&self) -> Option<DateTime<Utc>> {
        self.strongest.as_ref().map(|ranked| ranked.occurred_at)
    }

    /// Whether a new piece outranks everything that is known.
    #[must_use]
    pub fn is_outranked_by(&self, new: &Evidence) -> bool {
        self.verdict()
            .is_none_or(|verdict| new.kind.rank() > verdict.rank())
    }

    /// The error to show; `None` once delivered. Evidence without an error does not clear an
    /// earlier error.
    #[must_use]
    pub fn shown_error(&self) -> Option<&ProviderError> {
        match self.verdict()? {
            EvidenceKind::Delivered | EvidenceKind::Accepted | EvidenceKind::Sent => None,
            EvidenceKind::Refused
            | EvidenceKind::OutcomeUnknown
            | EvidenceKind::Unconfirmed
            | EvidenceKind::Throttled
            | EvidenceKind::OptedOut
            | EvidenceKind::Failed
            | EvidenceKind::Undeliverable => self.error.as_ref().map(|(_, error)| error),
        }
    }

    /// The provider's id of the message.
    #[must_use]
    pub fn provider_message_id(&self) -> Option<&str> {
        self.provider_id.as_ref().map(|named| named.value.as_str())
    }
}

fn earliest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    }
}

fn stronger(a: Option<RankedEvidence>, b: Option<RankedEvidence>) -> Option<RankedEvidence> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.strength(&a).is_gt() { b } else { a }),
        (one, None) | (None, one) => one,
    }
}

type EvidenceWithError = (RankedEvidence, ProviderError);

fn stronger_error(
    a: Option<EvidenceWithError>,
    b: Option<EvidenceWithError>,
) -> Option<EvidenceWithError> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let order = b.0.strength(&a.0).then_with(|| b.1.cmp(&a.1));
            Some(if order.is_gt() { b } else { a })
        }
        (one, None) | (None, one) => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(kind: EvidenceKind) -> Evidence {
        Evidence {
            kind,
            occurred_at: DateTime::UNIX_EPOCH,
            event_id: format!("e-{kind}"),
            provider_message_id: None,
            parts: None,
            error: None,
        }
    }

    #[test]
    fn only_stronger_evidence_outranks_what_is_known() {
        let known = MergedEvidence::default().merge(&piece(EvidenceKind::Sent));
        assert!(known.is_outranked_by(&piece(EvidenceKind::Delivered)));
        assert!(
            !known.is_outranked_by(&piece(EvidenceKind::Accepted)),
            "an equal rank"
        );
        assert!(!known.is_outranked_by(&piece(EvidenceKind::OutcomeUnknown)));
        assert!(MergedEvidence::default().is_outranked_by(&piece(EvidenceKind::Refused)));
    }

    #[test]
    fn evidence_is_read_as_it_was_stored_and_the_release_before_reads_a_failure() {
        for kind in EvidenceKind::ALL.iter().copied() {
            let ranked = RankedEvidence {
                kind,
                occurred_at: DateTime::UNIX_EPOCH,
                event_id: "e-1".to_owned(),
            };
            let stored = serde_json::to_value(&ranked).unwrap();
            let is_new = matches!(kind, EvidenceKind::Throttled | EvidenceKind::OptedOut);
            let known = if is_new { EvidenceKind::Failed } else { kind };
            assert_eq!(stored["kind"], known.as_str());
            assert_eq!(stored.get("exact_kind").is_some(), is_new);
            assert_eq!(
                serde_json::from_value::<RankedEvidence>(stored).unwrap(),
                ranked
            );
        }
    }
}
