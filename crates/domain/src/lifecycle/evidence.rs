//! The change caused by a piece of evidence.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::carrier::{Evidence, EvidenceKind};
use crate::lifecycle::{ActiveNumber, HistoryEntry, HistoryKind, HistorySource, MessageChange};
use crate::message::fold::{Alert, Folded};
use crate::message::{Attempt, Message, State};
use crate::values::billing::LedgerEntry;
use crate::values::ids::LedgerEntryId;

impl MessageChange {
    /// Merges one piece of evidence about `attempt`, charges or refunds the attempt accordingly,
    /// and adds the evidence to the history. `ledger_id` is for the ledger entry, if one is due. No
    /// evidence is refused.
    pub fn with_evidence(
        message: Message,
        attempt: Attempt,
        evidence: &Evidence,
        source: HistorySource,
        ledger_id: LedgerEntryId,
        now: DateTime<Utc>,
    ) -> Self {
        let before = message.clone();
        let folded = message.with_evidence(attempt, evidence, now);
        let mut change = Self::between(Some(&before), folded.message.clone());
        change.history.push(HistoryEntry {
            kind: HistoryKind::Evidence,
            at: evidence.occurred_at,
            source,
            reference: Some(evidence.event_id.clone()),
            details: json!({
                "attempt": folded.attempt.number,
                "kind": evidence.kind,
                "code": evidence.error.as_ref().map(|error| error.code.as_str()),
            }),
        });
        if let Some(alert) = folded.alert {
            change.history.push(alert_entry(alert, now));
        }
        if is_definite_non_send(&folded.message) && folded.attempt.number == before.attempts.last {
            change.guards.recipient = super::forgotten(&before);
        }
        change.ledger = ledger(&folded, ledger_id, now);
        change.active_number = active_number(&folded, evidence);
        change.attempt = Some(folded.attempt);
        change
    }
}

/// The provider reports that the message was not sent, so it no longer counts towards caps.
fn is_definite_non_send(message: &Message) -> bool {
    match &message.state {
        State::Failed(error) => {
            error.code != crate::values::reason::Reason::OutcomeUnknown.as_str()
        }
        State::Draft
        | State::Scheduled(_)
        | State::Queued { .. }
        | State::Sending(_)
        | State::Sent { .. }
        | State::Received
        | State::Delivered
        | State::Undeliverable(_)
        | State::OptedOut
        | State::BlockedCompliance(_)
        | State::BlockedBilling
        | State::BlockedMissingCampaign
        | State::Canceled(_) => false,
    }
}

fn ledger(folded: &Folded, id: LedgerEntryId, at: DateTime<Utc>) -> Vec<LedgerEntry> {
    let attempt = (folded.message.id, folded.attempt.number);
    let entry = |&(kind, amount)| LedgerEntry {
        id,
        attempt: Some(attempt),
        kind,
        amount,
        at,
    };
    folded.money.iter().map(entry).collect()
}

/// The conversation continues on the number whose message was accepted last.
fn active_number(folded: &Folded, evidence: &Evidence) -> Option<ActiveNumber> {
    let accepted = folded.is_first_acceptance && evidence.kind != EvidenceKind::OutcomeUnknown;
    let route = folded.message.route.as_ref().filter(|_| accepted)?;
    Some(ActiveNumber {
        conversation_id: folded.message.submission.conversation_id,
        number_id: route.number_id,
        at: evidence.occurred_at,
    })
}

fn alert_entry(alert: Alert, at: DateTime<Utc>) -> HistoryEntry {
    HistoryEntry {
        kind: HistoryKind::Alert,
        at,
        source: HistorySource::Provider,
        reference: None,
        details: json!({ "alert": alert.as_str() }),
    }
}
