//! Leads that sources bring.

mod take_in_lead;

pub use take_in_lead::{IntakeError, LeadService, TakeInLead, TakenLead};
