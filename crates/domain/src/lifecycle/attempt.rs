//! The changes of one attempt: it begins, its bytes are sent again, the provider responds, or the
//! response never arrives.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::carrier::{Evidence, EvidenceKind, ProviderAnswer, Refusal, RequestBody};
use crate::facts::{Context, SuppressionScope};
use crate::lifecycle::submit::remembered;
use crate::lifecycle::{
    HistoryEntry, HistoryKind, HistorySource, MessageChange, RecipientChange, retry,
};
use crate::message::{
    Attempt, AttemptMoney, Event, FollowUp, MergedEvidence, Message, TransitionRefused,
};
use crate::values::ids::LedgerEntryId;

/// The inputs of a new attempt in addition to the message.
#[derive(Debug, Clone)]
pub struct AttemptSeed {
    /// The idempotency key, the same for all calls of the attempt and for no other attempt.
    pub idempotency_key: String,
    /// The bytes of the request.
    pub request: RequestBody,
    /// The deadline of the call.
    pub deadline: DateTime<Utc>,
}

impl MessageChange {
    /// The attempt begins. `judged` is the uncommitted change of the redecision to send, so that
    /// one commit contains both.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless the decision was to send.
    pub fn claimed(
        judged: Self,
        seed: AttemptSeed,
        now: DateTime<Utc>,
    ) -> Result<Self, TransitionRefused> {
        let message = judged.message.apply(
            Event::Claim {
                deadline: seed.deadline,
            },
            now,
        )?;
        let Some(account) = message.route.as_ref().map(|route| route.account.clone()) else {
            return Err(TransitionRefused {
                status: message.status(),
                event: "claim",
            });
        };
        let attempt = Attempt {
            organization_id: message.organization_id,
            message_id: message.id,
            number: message.attempts.last,
            idempotency_key: seed.idempotency_key,
            account,
            started_at: now,
            calls: 1,
            is_void: false,
            request: Some(seed.request),
            evidence: MergedEvidence::default(),
            money: AttemptMoney::None,
        };
        let entry = attempt_entry(HistoryKind::AttemptStarted, &attempt, now);
        Ok(Self {
            message,
            attempt: Some(attempt),
            ..judged
        }
        .with_entry(entry))
    }

    /// The stored bytes are sent again, provided that the recipient has not changed.
    ///
    /// # Errors
    /// [`TransitionRefused`] unless the outcome is unknown and no opt-out covers the message.
    pub fn resent(
        message: Message,
        attempt: Attempt,
        context: &Context,
        deadline: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, TransitionRefused> {
        if is_closed(&message, context) {
            return Err(TransitionRefused {
                status: message.status(),
                event: "resend",
            });
        }
        let before = message.clone();
        let after = message.apply(Event::Resend { deadline }, now)?;
        let was_counted = context.message.recipient.recent.iter();
        let is_counted = was_counted
            .filter(|sent| sent.message_id == after.id)
            .any(|sent| sent.is_counted);
        let mut change = Self::between(Some(&before), after);
        change.guards.recipient = RecipientChange::Advance {
            phone: change.message.submission.to.clone(),
            seen: context.message.recipient.version,
            recent: remembered(context, &change.message, is_counted, now),
        };
        let attempt = Attempt {
            calls: attempt.calls.saturating_add(1),
            ..attempt
        };
        let entry = attempt_entry(HistoryKind::AttemptResent, &attempt, now);
        change.attempt = Some(attempt);
        Ok(change.with_entry(entry))
    }

    /// The effect of the provider's response to a call. It never fails: a response that arrives
    /// after stronger evidence only adds to the history.
    pub fn answered(
        message: Message,
        attempt: Attempt,
        answer: &ProviderAnswer,
        look_again_at: DateTime<Utc>,
        ledger_id: LedgerEntryId,
        now: DateTime<Utc>,
    ) -> Self {
        match answer {
            ProviderAnswer::Accepted {
                provider_message_id,
                parts,
            } => {
                let evidence = Evidence {
                    kind: EvidenceKind::Accepted,
                    occurred_at: now,
                    event_id: answer_id(&attempt),
                    provider_message_id: Some(provider_message_id.clone()),
                    parts: *parts,
                    error: None,
                };
                Self::with_evidence(
                    message,
                    attempt,
                    &evidence,
                    HistorySource::Provider,
                    ledger_id,
                    now,
                )
            }
            // The first call may have succeeded, so a refusal of a later one proves nothing about
            // it.
            ProviderAnswer::Refused(refusal) if attempt.calls > 1 => {
                Self::outcome_unknown(message, attempt, &refusal.error.code, look_again_at, now)
            }
            ProviderAnswer::Refused(refusal) => {
                Self::refused(message, attempt, refusal, ledger_id, now)
            }
            ProviderAnswer::Unknown { detail } => {
                Self::outcome_unknown(message, attempt, detail, look_again_at, now)
            }
        }
    }

    /// A definite non-send, unless a receipt has already proved the contrary.
    fn refused(
        message: Message,
        attempt: Attempt,
        refusal: &Refusal,
        ledger_id: LedgerEntryId,
        now: DateTime<Utc>,
    ) -> Self {
        let evidence = refusal_evidence(&attempt, refusal, now);
        let follow_up = retry::after_refusal(&message, refusal, now);
        let is_void = matches!(follow_up, FollowUp::Retry { is_void: true, .. });
        let before = message.clone();
        let refused = message.apply(Event::Refused(follow_up), now);
        let merged = attempt.evidence.clone().merge(&evidence);
        let after = match refused {
            Ok(after) if merged.verdict() == Some(EvidenceKind::Refused) => after,
            Ok(_) | Err(_) => {
                let source = HistorySource::Provider;
                return Self::with_evidence(before, attempt, &evidence, source, ledger_id, now);
            }
        };
        let attempt = Attempt {
            evidence: merged,
            is_void,
            request: None,
            ..attempt
        };
        let entry = refusal_entry(&attempt, refusal, now);
        let mut change = Self::between(Some(&before), after);
        if !change.message.is_waiting() {
            change.guards.recipient = super::forgotten(&before);
        }
        change.attempt = Some(attempt);
        change.with_entry(entry)
    }

    /// The call ended without a usable response, or never ended.
    pub fn outcome_unknown(
        message: Message,
        attempt: Attempt,
        detail: &str,
        look_again_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let before = message.clone();
        let after = message
            .apply(Event::OutcomeUnknown { look_again_at }, now)
            .unwrap_or_else(|_| before.clone());
        let entry = HistoryEntry {
            details: json!({ "attempt": attempt.number, "detail": detail }),
            ..attempt_entry(HistoryKind::OutcomeUnknown, &attempt, now)
        };
        let mut change = Self::between(Some(&before), after);
        change.attempt = Some(attempt);
        change.with_entry(entry)
    }
}

/// Whether an opt-out covers the number and campaign of the message. Entries for other numbers or
/// campaigns do not.
fn is_closed(message: &Message, context: &Context) -> bool {
    let facts = &context.message;
    let campaign = message.submission.campaign_id.or(facts.lead.campaign_id);
    let number = message.route.as_ref().map(|route| route.number_id);
    let mut scopes = (facts.recipient.suppressions.iter()).map(|entry| entry.scope);
    scopes.any(|scope| match scope {
        SuppressionScope::Organization => true,
        SuppressionScope::Campaign(closed) => campaign == Some(closed),
        SuppressionScope::Number(closed) => number == Some(closed),
    })
}

fn refusal_evidence(attempt: &Attempt, refusal: &Refusal, now: DateTime<Utc>) -> Evidence {
    Evidence {
        kind: EvidenceKind::Refused,
        occurred_at: now,
        event_id: answer_id(attempt),
        provider_message_id: None,
        parts: None,
        error: Some(refusal.error.clone()),
    }
}

/// The evidence id of the provider's response to a call.
fn answer_id(attempt: &Attempt) -> String {
    format!("answer-{}", attempt.calls)
}

fn attempt_entry(kind: HistoryKind, attempt: &Attempt, at: DateTime<Utc>) -> HistoryEntry {
    HistoryEntry {
        kind,
        at,
        source: HistorySource::Dispatch,
        reference: None,
        details: json!({ "attempt": attempt.number }),
    }
}

fn refusal_entry(attempt: &Attempt, refusal: &Refusal, at: DateTime<Utc>) -> HistoryEntry {
    HistoryEntry {
        kind: HistoryKind::AttemptRefused,
        at,
        source: HistorySource::Provider,
        reference: None,
        details: json!({
            "attempt": attempt.number,
            "code": refusal.error.code,
            "void": attempt.is_void,
        }),
    }
}
