//! Taking a lead in that a source brings: one pure function from what is stated and what is known to the
//! change that records it. Must not know how a lead reaches us or how a store writes a change.

mod faults;

use chrono::{DateTime, Utc};

use crate::facts::{ConsentBasis, ConsentProof, ConsentRecord, Lead, LeadDetails, Source};
use crate::law::RuleData;
use crate::values::LeadTag;
use crate::values::ids::{
    ApiKeyId, ConsentId, ConversationId, IntakeId, LeadId, OrganizationId, SourceId,
};
use crate::values::phone::PhoneNumber;

/// What is stated about a lead, each field read by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadIntake {
    pub organization_id: OrganizationId,
    /// The source that brings the lead; `None` = the organization itself.
    pub source_id: Option<SourceId>,
    /// The key with which it is brought.
    pub key_id: ApiKeyId,
    pub phone: PhoneNumber,
    /// The state, in any spelling.
    pub state: Option<String>,
    /// The ZIP or postal code, in any spelling.
    pub postal_code: Option<String>,
    pub details: LeadDetails,
    /// The consent that the person gave; `None` = nothing is stated beyond the inquiry.
    pub consent: Option<StatedConsent>,
    /// The source's own id of the lead: the same id again is the same intake.
    pub own_id: Option<String>,
    /// When it arrived.
    pub at: DateTime<Utc>,
}

/// A consent as a source states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedConsent {
    /// `None` = the inquiry itself.
    pub basis: Option<ConsentBasis>,
    /// When the person gave it; `None` = now.
    pub at: Option<DateTime<Utc>>,
    pub proof: ConsentProof,
}

/// What is known when a lead arrives.
#[derive(Debug, Clone)]
pub struct IntakeFacts {
    /// The law, which knows places.
    pub rules: &'static RuleData,
    /// The source that brings it, if one does. A source that was removed is none.
    pub source: Option<Source>,
    /// Whether any organization sends from the lead's number.
    pub is_own_number: bool,
    /// The lead with this phone.
    pub known: Option<KnownLead>,
    /// The intake under the source's own id, if there was one.
    pub earlier: Option<EarlierIntake>,
}

/// A lead that the organization has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLead {
    pub lead: Lead,
    pub details: LeadDetails,
    /// The version of the details; 0 = none are stored.
    pub version: i64,
    pub conversation_id: Option<ConversationId>,
}

/// An intake from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierIntake {
    pub lead_id: LeadId,
    /// The phone of its lead.
    pub phone: PhoneNumber,
}

/// Identifiers for what an intake may create; unneeded ones stay unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeIds {
    pub intake: IntakeId,
    pub lead: LeadId,
    pub conversation: ConversationId,
    /// For the consent.
    pub consent: ConsentId,
    /// For the consent that the lead had without a record.
    pub earlier_consent: ConsentId,
}

/// What becomes of an intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenIn {
    /// It is to be recorded.
    Recorded(Box<IntakeChange>),
    /// It was recorded before, as this lead: nothing is to be written.
    Repeated(LeadId),
}

/// Why a lead is not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeRefused {
    /// The source may not bring leads: it is disabled or removed.
    SourceClosed,
    /// What is stated cannot be accepted.
    Invalid(Vec<IntakeFault>),
}

/// A field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeFault {
    pub field: IntakeField,
    /// What is wrong, in words that follow the field's name.
    pub message: String,
}

/// The fields that an intake judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeField {
    /// The phone number.
    Phone,
    /// The state, province or territory.
    State,
    /// The ZIP or postal code.
    PostalCode,
    /// The product that the person asks for.
    Product,
    /// The address of the certificate of a third party.
    Certificate,
    /// The source's own id.
    OwnId,
    /// When the consent was given.
    ConsentAt,
    /// The text that was shown to the person.
    ConsentText,
}

/// A lead to be recorded, with everything that belongs to it.
#[must_use = "an intake has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeChange {
    pub id: IntakeId,
    pub source_id: Option<SourceId>,
    pub key_id: ApiKeyId,
    pub own_id: Option<String>,
    pub at: DateTime<Utc>,
    /// The lead after the change. Its consent is what its records amount to.
    pub lead: Lead,
    pub is_new_lead: bool,
    /// The details after the change.
    pub details: LeadDetails,
    /// The version of the details that was read; 0 = none.
    pub version: i64,
    pub conversation_id: ConversationId,
    pub is_new_conversation: bool,
    /// Consents to add.
    pub consents: Vec<ConsentRecord>,
}

/// Judges an intake. The same phone again is the same lead: what is stated anew replaces what was known,
/// a consent is added, and nothing is lifted. No opt-out and no revocation is touched.
///
/// # Errors
/// [`IntakeRefused`]: all faults at once.
pub fn take_in(
    intake: LeadIntake,
    facts: &IntakeFacts,
    ids: &IntakeIds,
) -> Result<TakenIn, IntakeRefused> {
    let source = facts.source.as_ref();
    if intake.source_id.is_some() && !source.is_some_and(|source| source.is_enabled) {
        return Err(IntakeRefused::SourceClosed);
    }
    if let Some(earlier) = &facts.earlier
        && earlier.phone == intake.phone
    {
        return Ok(TakenIn::Repeated(earlier.lead_id));
    }
    let faults = intake.faults(facts);
    if !faults.is_empty() {
        return Err(IntakeRefused::Invalid(faults));
    }
    Ok(TakenIn::Recorded(Box::new(intake.change(facts, ids))))
}

impl LeadIntake {
    /// The basis of the consent; an imported lead made no inquiry.
    fn basis(&self, is_imported: bool) -> Option<ConsentBasis> {
        let stated = self.consent.as_ref().and_then(|consent| consent.basis);
        stated.or((!is_imported).then_some(ConsentBasis::Inquiry))
    }

    /// What proves the consent: what is stated about it, and else what is stated about the lead.
    fn proof(&self) -> ConsentProof {
        let stated = self.consent.as_ref();
        let stated = stated
            .map(|consent| consent.proof.clone())
            .unwrap_or_default();
        let attribution = &self.details.attribution;
        ConsentProof {
            page_url: stated.page_url.or_else(|| attribution.landing_page.clone()),
            certificate_url: stated
                .certificate_url
                .or_else(|| attribution.trusted_form_url.clone()),
            ..stated
        }
    }

    fn change(self, facts: &IntakeFacts, ids: &IntakeIds) -> IntakeChange {
        let known = facts.known.as_ref();
        let lead_id = known.map_or(ids.lead, |known| known.lead.id);
        let consents = self.consents(facts, lead_id, ids);
        let mut stated = self.details.clone();
        let defaults = facts
            .source
            .as_ref()
            .map(|source| source.default_tags.as_slice());
        LeadTag::add(&mut stated.tags, defaults.unwrap_or_default());
        let conversation_id = known.and_then(|known| known.conversation_id);
        IntakeChange {
            id: ids.intake,
            source_id: self.source_id,
            key_id: self.key_id,
            at: self.at,
            lead: self.lead(facts, lead_id),
            is_new_lead: known.is_none(),
            details: known
                .map(|known| known.details.clone())
                .unwrap_or_default()
                .updated(&stated),
            version: known.map_or(0, |known| known.version),
            conversation_id: conversation_id.unwrap_or(ids.conversation),
            is_new_conversation: conversation_id.is_none(),
            consents,
            own_id: self.own_id,
        }
    }

    /// The lead after the intake. A state and a postal code count as one address.
    fn lead(&self, facts: &IntakeFacts, id: LeadId) -> Lead {
        let mut lead = match &facts.known {
            Some(known) => known.lead.clone(),
            None => Lead {
                source_id: self.source_id,
                ..Lead::new(self.organization_id, id, self.phone.clone())
            },
        };
        if let Some(name) = self.details.name() {
            lead.name = Some(name);
        }
        if self.state.is_some() || self.postal_code.is_some() {
            lead.state.clone_from(&self.state);
            let code = self.postal_code.as_ref();
            lead.postal_code = code.map(|code| {
                let written = facts.rules.written_postal_code(code);
                written.unwrap_or_else(|| code.clone())
            });
        }
        lead
    }

    /// The consents to record. A consent that the lead has without a record gets one: of a lead's records
    /// the strongest counts, and it must be among them.
    fn consents(
        &self,
        facts: &IntakeFacts,
        lead_id: LeadId,
        ids: &IntakeIds,
    ) -> Vec<ConsentRecord> {
        let is_imported = facts
            .source
            .as_ref()
            .is_some_and(|source| source.is_imported);
        let record = |id, basis, at, proof, by: String| ConsentRecord {
            organization_id: self.organization_id,
            id,
            lead_id,
            basis,
            at,
            proof,
            recorded_by: Some(by),
            recorded_at: Some(self.at),
            revoked: None,
        };
        let Some(basis) = self.basis(is_imported) else {
            return Vec::new();
        };
        let at = self
            .consent
            .as_ref()
            .and_then(|consent| consent.at)
            .unwrap_or(self.at);
        let by = match self.source_id {
            Some(source) => format!("source {source}"),
            None => format!("key {}", self.key_id),
        };
        let new = record(ids.consent, basis, at, self.proof(), by);
        let had = facts.known.as_ref().and_then(|known| known.lead.consent);
        let had = had.filter(|had| had.record.is_none()).map(|had| {
            let by = "the lead's data from before".to_owned();
            record(
                ids.earlier_consent,
                had.basis,
                had.at,
                ConsentProof::default(),
                by,
            )
        });
        had.into_iter().chain([new]).collect()
    }
}

#[cfg(test)]
mod tests;
