//! Taking a lead in: load what is known, decide, record all of it or nothing.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::lifecycle::{IntakeFault, IntakeIds, IntakeRefused, LeadIntake, TakenIn, take_in};
use sms_domain::ports::{
    IdGenerator, IntakeOutcome, IntakeQuery, LeadRepository, LeadView, Unavailable,
};
use sms_domain::values::ids::{ConsentId, ConversationId, IntakeId, LeadId, OrganizationId};

/// How often an intake is decided again after it lost a race. All intakes of one person compete, and one of
/// them wins each time.
const TRIES: usize = 16;

/// A lead that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenLead {
    pub view: LeadView,
    /// Whether the source brought it before under its own id: nothing was written.
    pub is_repeated: bool,
}

/// Why a lead was not taken in. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The source may not bring leads.
    #[error("the source is disabled or deleted")]
    SourceClosed,
    /// Invalid fields.
    #[error("the intake has invalid fields")]
    Invalid(Vec<IntakeFault>),
    /// The same person kept changing.
    #[error("the same lead kept changing while the request was processed")]
    Contended,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Leads, as their organization sees them. Another organization's lead MUST be answered like one that does
/// not exist.
#[async_trait]
pub trait LeadService: Send + Sync {
    /// Takes a lead in.
    ///
    /// # Errors
    /// [`IntakeError`].
    async fn take_in(&self, intake: LeadIntake) -> Result<TakenLead, IntakeError>;

    /// A lead.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find(
        &self,
        organization_id: OrganizationId,
        id: LeadId,
    ) -> Result<Option<LeadView>, Unavailable>;
}

/// Takes leads in.
#[derive(Clone)]
pub struct TakeInLead {
    leads: Arc<dyn LeadRepository>,
    ids: Arc<dyn IdGenerator>,
}

impl TakeInLead {
    /// The use case over its ports.
    #[must_use]
    pub fn new(leads: Arc<dyn LeadRepository>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { leads, ids }
    }

    fn new_ids(&self) -> IntakeIds {
        IntakeIds {
            intake: IntakeId::new(self.ids.uuid()),
            lead: LeadId::new(self.ids.uuid()),
            conversation: ConversationId::new(self.ids.uuid()),
            consent: ConsentId::new(self.ids.uuid()),
            earlier_consent: ConsentId::new(self.ids.uuid()),
        }
    }

    async fn taken(
        &self,
        organization_id: OrganizationId,
        id: LeadId,
        is_repeated: bool,
    ) -> Result<TakenLead, IntakeError> {
        let view = self.leads.lead_view(organization_id, id).await?;
        // Leads are never removed.
        let view = view.ok_or(IntakeError::Contended)?;
        Ok(TakenLead { view, is_repeated })
    }
}

#[async_trait]
impl LeadService for TakeInLead {
    async fn take_in(&self, intake: LeadIntake) -> Result<TakenLead, IntakeError> {
        // The same for every try: an intake whose answer was lost is recorded once.
        let (organization_id, ids) = (intake.organization_id, self.new_ids());
        let query = IntakeQuery {
            organization_id,
            source_id: intake.source_id,
            phone: intake.phone.clone(),
            own_id: intake.own_id.clone(),
        };
        for _ in 0..TRIES {
            let facts = self.leads.intake_facts(query.clone()).await?;
            let change = match take_in(intake.clone(), &facts, &ids)? {
                TakenIn::Repeated(lead) => return self.taken(organization_id, lead, true).await,
                TakenIn::Recorded(change) => *change,
            };
            let lead = change.lead.id;
            if self.leads.record_intake(change).await? == IntakeOutcome::Recorded {
                return self.taken(organization_id, lead, false).await;
            }
        }
        Err(IntakeError::Contended)
    }

    async fn find(
        &self,
        organization_id: OrganizationId,
        id: LeadId,
    ) -> Result<Option<LeadView>, Unavailable> {
        self.leads.lead_view(organization_id, id).await
    }
}

impl From<IntakeRefused> for IntakeError {
    fn from(refused: IntakeRefused) -> Self {
        match refused {
            IntakeRefused::SourceClosed => Self::SourceClosed,
            IntakeRefused::Invalid(faults) => Self::Invalid(faults),
        }
    }
}
