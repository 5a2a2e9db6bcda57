//! What a decision reads of a message, under pseudonyms.

use super::{
    ConsentSnapshot, ConversationSnapshot, LeadSnapshot, RecentSnapshot, RecipientSnapshot,
    ScopeSnapshot, SubmissionSnapshot,
};
use crate::decision::snapshot::numbers::NumberRef;
use crate::decision::snapshot::pseudonyms::Renamer;
use crate::law::{RuleData, StatedAddress, StatedPlaces};
use crate::values::ids::ConsentId;

impl SubmissionSnapshot {
    pub(in crate::decision::snapshot) fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let names = renamer.pseudonyms;
        let Self {
            to,
            segments,
            campaign_id,
            source_id,
            requested_number,
            is_manual,
            scheduled_for,
            valid_until,
            traffic,
            requested_at,
        } = self;
        Self {
            to: *to,
            segments: *segments,
            campaign_id: campaign_id.map(|id| names.campaign(id)),
            source_id: source_id.map(|id| names.source(id)),
            requested_number: requested_number.map(|number| number.renamed(renamer)),
            is_manual: *is_manual,
            scheduled_for: *scheduled_for,
            valid_until: *valid_until,
            traffic: *traffic,
            requested_at: *requested_at,
        }
    }
}

impl ConversationSnapshot {
    pub(in crate::decision::snapshot) fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let renamed = |number: NumberRef| number.renamed(renamer);
        Self {
            active_number: self.active_number.map(renamed),
            override_number: self.override_number.map(renamed),
            last_inbound_at: self.last_inbound_at,
            awaits_opt_out_review: self.awaits_opt_out_review,
            is_first_message: self.is_first_message,
        }
    }
}

impl LeadSnapshot {
    pub(in crate::decision::snapshot) fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let names = renamer.pseudonyms;
        let Self {
            id,
            state,
            postal_code,
            consent,
            assigned_number,
            owner_id,
            source_id,
            campaign_id,
            is_archived,
            is_imported,
            last_purchase_at,
        } = self;
        Self {
            id: names.lead(*id),
            state: (state.as_deref()).map(|text| stated_state(text, renamer.rules)),
            postal_code: postal_code.as_deref().map(stated_postal_code),
            consent: consent.map(|ConsentSnapshot { basis, at, record }| ConsentSnapshot {
                basis,
                at,
                record: record.map(|id| ConsentId::new(names.id(id.as_uuid()))),
            }),
            assigned_number: assigned_number.map(|number| number.renamed(renamer)),
            owner_id: owner_id.map(|id| names.user(id)),
            source_id: source_id.map(|id| names.source(id)),
            campaign_id: campaign_id.map(|id| names.campaign(id)),
            is_archived: *is_archived,
            is_imported: *is_imported,
            last_purchase_at: *last_purchase_at,
        }
    }
}

impl RecipientSnapshot {
    pub(in crate::decision::snapshot) fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let recent = self.recent.iter();
        let suppressions = self.suppressions.iter();
        Self {
            recent: recent
                .map(|sent| RecentSnapshot {
                    text_hash: renamer.pseudonyms.hash(sent.text_hash),
                    ..*sent
                })
                .collect(),
            suppressions: suppressions.map(|scope| scope.renamed(renamer)).collect(),
            is_own_number: self.is_own_number,
        }
    }
}

impl ScopeSnapshot {
    fn renamed(self, renamer: &Renamer<'_>) -> Self {
        match self {
            Self::Organization => Self::Organization,
            Self::Campaign(id) => Self::Campaign(renamer.pseudonyms.campaign(id)),
            Self::Number(number) => Self::Number(number.renamed(renamer)),
        }
    }
}

/// A state as it was stated, unless nothing is understood of it.
fn stated_state(text: &str, rules: &RuleData) -> String {
    let address = StatedAddress {
        state: Some(text),
        postal_code: None,
    };
    let is_clear = StatedPlaces::read(rules, address, &[])
        .not_understood()
        .next()
        .is_none();
    if is_clear { text } else { "?" }.to_owned()
}

/// A postal code as it was stated, without the part of a ZIP code that names a street.
fn stated_postal_code(text: &str) -> String {
    let is_code = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '-';
    let code = text.trim();
    if code.len() > "33101-1234".len() || !code.chars().all(is_code) {
        return "?".to_owned();
    }
    let zip = code.get(..5).unwrap_or_default();
    let is_zip = !zip.is_empty() && zip.bytes().all(|digit| digit.is_ascii_digit());
    if is_zip { zip } else { code }.to_owned()
}
