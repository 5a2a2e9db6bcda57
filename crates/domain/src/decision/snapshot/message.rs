//! What a decision reads of a message, its conversation, lead, recipient and wallet.

mod renamed;

use chrono::serde::{ts_microseconds, ts_microseconds_option};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::numbers::{NumberRef, NumberRefs};
use crate::content::Text;
use crate::facts::{
    Consent, ConsentBasis, ConversationFacts, Lead, RecentSend, RecipientFacts, Suppression,
    SuppressionScope, WalletFacts,
};
use crate::message::{Priority, Submission, TrafficType};
use crate::values::billing::Money;
use crate::values::ids::{
    CampaignId, ConsentId, ConversationId, LeadId, MessageId, OrganizationId, SourceId, UserId,
};
use crate::values::phone::{NumberPrefix, PhoneNumber};

/// A submission without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SubmissionSnapshot {
    to: NumberPrefix,
    segments: u32,
    campaign_id: Option<CampaignId>,
    source_id: Option<SourceId>,
    requested_number: Option<NumberRef>,
    is_manual: bool,
    #[serde(with = "ts_microseconds_option")]
    scheduled_for: Option<DateTime<Utc>>,
    #[serde(with = "ts_microseconds_option")]
    valid_until: Option<DateTime<Utc>>,
    traffic: TrafficType,
    #[serde(with = "ts_microseconds")]
    requested_at: DateTime<Utc>,
}

impl SubmissionSnapshot {
    pub(super) fn of(submission: &Submission, refs: &NumberRefs<'_>) -> Self {
        let Submission {
            conversation_id: _,
            lead_id: _,
            to,
            text: _,  // The features of the text stand in the snapshot.
            media: _, // Whether there are any stands at the end of the snapshot.
            segments,
            campaign_id,
            source_id,
            requested_number,
            is_manual,
            claimed_selection: _,
            scheduled_for,
            valid_until,
            traffic,
            priority: _,
            requested_at,
        } = submission;
        Self {
            to: NumberPrefix::of(to),
            segments: *segments,
            campaign_id: *campaign_id,
            source_id: *source_id,
            requested_number: refs.optional(*requested_number),
            is_manual: *is_manual,
            scheduled_for: *scheduled_for,
            valid_until: *valid_until,
            traffic: *traffic,
            requested_at: *requested_at,
        }
    }

    pub(super) fn restore(&self, refs: &NumberRefs<'_>) -> Submission {
        Submission {
            conversation_id: ConversationId::new(Uuid::nil()),
            lead_id: LeadId::new(Uuid::nil()),
            to: self.to.placeholder(),
            text: Text::erased(),
            media: Vec::new(),
            segments: self.segments,
            campaign_id: self.campaign_id,
            source_id: self.source_id,
            requested_number: self.requested_number.map(|number| refs.id(number)),
            is_manual: self.is_manual,
            claimed_selection: None,
            scheduled_for: self.scheduled_for,
            valid_until: self.valid_until,
            traffic: self.traffic,
            priority: Priority::Immediate,
            requested_at: self.requested_at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConversationSnapshot {
    active_number: Option<NumberRef>,
    override_number: Option<NumberRef>,
    #[serde(with = "ts_microseconds_option")]
    last_inbound_at: Option<DateTime<Utc>>,
    awaits_opt_out_review: bool,
    is_first_message: bool,
}

impl ConversationSnapshot {
    pub(super) fn of(conversation: &ConversationFacts, refs: &NumberRefs<'_>) -> Self {
        let ConversationFacts {
            id: _,
            active_number,
            override_number,
            last_inbound_at,
            awaits_opt_out_review,
            is_first_message,
        } = conversation;
        Self {
            active_number: refs.optional(*active_number),
            override_number: refs.optional(*override_number),
            last_inbound_at: *last_inbound_at,
            awaits_opt_out_review: *awaits_opt_out_review,
            is_first_message: *is_first_message,
        }
    }

    pub(super) fn restore(&self, refs: &NumberRefs<'_>) -> ConversationFacts {
        ConversationFacts {
            id: ConversationId::new(Uuid::nil()),
            active_number: self.active_number.map(|number| refs.id(number)),
            override_number: self.override_number.map(|number| refs.id(number)),
            last_inbound_at: self.last_inbound_at,
            awaits_opt_out_review: self.awaits_opt_out_review,
            is_first_message: self.is_first_message,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeadSnapshot {
    /// Breaks ties between numbers.
    id: LeadId,
    state: Option<String>,
    postal_code: Option<String>,
    consent: Option<ConsentSnapshot>,
    assigned_number: Option<NumberRef>,
    owner_id: Option<UserId>,
    source_id: Option<SourceId>,
    campaign_id: Option<CampaignId>,
    is_archived: bool,
    is_imported: bool,
    #[serde(with = "ts_microseconds_option")]
    last_purchase_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct ConsentSnapshot {
    basis: ConsentBasis,
    #[serde(with = "ts_microseconds")]
    at: DateTime<Utc>,
    /// The trace names it.
    record: Option<ConsentId>,
}

impl ConsentSnapshot {
    const fn of(consent: Consent) -> Self {
        let Consent { basis, at, record } = consent;
        Self { basis, at, record }
    }

    const fn restore(self) -> Consent {
        Consent {
            basis: self.basis,
            at: self.at,
            record: self.record,
        }
    }
}

impl LeadSnapshot {
    pub(super) fn of(lead: &Lead, is_imported: bool, refs: &NumberRefs<'_>) -> Self {
        let Lead {
            organization_id: _,
            id,
            name: _,
            phone: _, // The submission's number, as far as decisions read it.
            state,
            postal_code,
            consent,
            assigned_number_id,
            owner_id,
            source_id,
            campaign_id,
            is_archived,
            last_purchase_at,
        } = lead;
        Self {
            id: *id,
            state: state.clone(),
            postal_code: postal_code.clone(),
            consent: consent.map(ConsentSnapshot::of),
            assigned_number: refs.optional(*assigned_number_id),
            owner_id: *owner_id,
            source_id: *source_id,
            campaign_id: *campaign_id,
            is_archived: *is_archived,
            is_imported,
            last_purchase_at: *last_purchase_at,
        }
    }

    pub(super) const fn id(&self) -> LeadId {
        self.id
    }

    pub(super) const fn is_imported(&self) -> bool {
        self.is_imported
    }

    pub(super) fn restore(
        &self,
        organization_id: OrganizationId,
        phone: PhoneNumber,
        refs: &NumberRefs<'_>,
    ) -> Lead {
        Lead {
            organization_id,
            id: self.id,
            name: None,
            phone,
            state: self.state.clone(),
            postal_code: self.postal_code.clone(),
            consent: self.consent.map(ConsentSnapshot::restore),
            assigned_number_id: self.assigned_number.map(|number| refs.id(number)),
            owner_id: self.owner_id,
            source_id: self.source_id,
            campaign_id: self.campaign_id,
            is_archived: self.is_archived,
            last_purchase_at: self.last_purchase_at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecipientSnapshot {
    recent: Vec<RecentSnapshot>,
    suppressions: Vec<ScopeSnapshot>,
    is_own_number: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct RecentSnapshot {
    #[serde(with = "ts_microseconds")]
    at: DateTime<Utc>,
    text_hash: i64,
    is_counted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum ScopeSnapshot {
    Organization,
    Campaign(CampaignId),
    Number(NumberRef),
}

impl RecipientSnapshot {
    pub(super) fn of(recipient: &RecipientFacts, refs: &NumberRefs<'_>) -> Self {
        let RecipientFacts {
            version: _,
            recent,
            suppressions,
            is_own_number,
        } = recipient;
        Self {
            recent: recent.iter().map(RecentSnapshot::of).collect(),
            suppressions: suppressions
                .iter()
                .map(|Suppression { scope }| ScopeSnapshot::of(*scope, refs))
                .collect(),
            is_own_number: *is_own_number,
        }
    }

    pub(super) fn restore(&self, refs: &NumberRefs<'_>) -> RecipientFacts {
        let scopes = self.suppressions.iter();
        RecipientFacts {
            version: 0,
            recent: self.recent.iter().map(RecentSnapshot::restore).collect(),
            suppressions: scopes
                .map(|scope| Suppression {
                    scope: scope.restore(refs),
                })
                .collect(),
            is_own_number: self.is_own_number,
        }
    }
}

impl RecentSnapshot {
    const fn of(sent: &RecentSend) -> Self {
        let RecentSend {
            message_id: _,
            at,
            text_hash,
            is_counted,
        } = *sent;
        Self {
            at,
            text_hash,
            is_counted,
        }
    }

    const fn restore(&self) -> RecentSend {
        RecentSend {
            message_id: MessageId::new(Uuid::nil()),
            at: self.at,
            text_hash: self.text_hash,
            is_counted: self.is_counted,
        }
    }
}

impl ScopeSnapshot {
    fn of(scope: SuppressionScope, refs: &NumberRefs<'_>) -> Self {
        match scope {
            SuppressionScope::Organization => Self::Organization,
            SuppressionScope::Campaign(id) => Self::Campaign(id),
            SuppressionScope::Number(id) => Self::Number(refs.of(id)),
        }
    }

    fn restore(self, refs: &NumberRefs<'_>) -> SuppressionScope {
        match self {
            Self::Organization => SuppressionScope::Organization,
            Self::Campaign(id) => SuppressionScope::Campaign(id),
            Self::Number(number) => SuppressionScope::Number(refs.id(number)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WalletSnapshot {
    balance: Money,
    held: Money,
}

impl WalletSnapshot {
    pub(super) const fn of(wallet: &WalletFacts) -> Self {
        let WalletFacts { balance, held } = *wallet;
        Self { balance, held }
    }

    pub(super) const fn restore(self) -> WalletFacts {
        WalletFacts {
            balance: self.balance,
            held: self.held,
        }
    }
}
