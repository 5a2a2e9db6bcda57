//! What is wrong with an intake, all at once: what is stated by itself, and what its source demands.

use super::{IntakeFacts, IntakeFault, IntakeField, LeadIntake};
use crate::facts::{ConsentBasis, Source};
use crate::law::{AddressField, Jurisdiction, RuleData, StatedAddress, StatedPlaces};

impl LeadIntake {
    pub(super) fn faults(&self, facts: &IntakeFacts) -> Vec<IntakeFault> {
        let mut faults = Vec::new();
        let mut fault = |field, message: &str| {
            faults.push(IntakeFault {
                field,
                message: message.to_owned(),
            });
        };
        if facts.is_own_number {
            fault(IntakeField::Phone, OWN_NUMBER);
        }
        if facts.earlier.is_some() {
            fault(
                IntakeField::OwnId,
                "was used for a lead with another phone number",
            );
        }
        for place in StatedPlaces::faults(facts.rules, self.address()) {
            fault(field_of(place.field), &place.problem());
        }
        if let Some(source) = &facts.source {
            for (field, message) in self.faults_for(source, facts.rules) {
                fault(field, &message);
            }
        }
        for (field, message) in self.faults_of_consent() {
            fault(field, message);
        }
        faults
    }

    fn address(&self) -> StatedAddress<'_> {
        StatedAddress {
            state: self.state.as_deref(),
            postal_code: self.postal_code.as_deref(),
        }
    }

    /// What the source's own settings find wrong.
    fn faults_for(&self, source: &Source, rules: &RuleData) -> Vec<(IntakeField, String)> {
        let mut faults = Vec::new();
        if !source.allowed_states.is_empty() {
            let place = StatedPlaces::read(rules, self.address(), &[]).only_place();
            if !place.is_some_and(|place| source.allowed_states.contains(&place)) {
                let codes: Vec<_> = source
                    .allowed_states
                    .iter()
                    .map(Jurisdiction::as_str)
                    .collect();
                let states = codes.join(", ");
                let message =
                    format!("must be a state from which this source takes leads: {states}");
                faults.push((IntakeField::State, message));
            }
        }
        let product = self
            .details
            .attribution
            .product
            .as_deref()
            .unwrap_or_default();
        let is_allowed = |allowed: &String| allowed.eq_ignore_ascii_case(product.trim());
        let products = &source.allowed_products;
        if !products.is_empty() && !products.iter().any(is_allowed) {
            let message = format!("must be a product of this source: {}", products.join(", "));
            faults.push((IntakeField::Product, message));
        }
        if source.requires_certificate && self.proof().certificate_url.is_none() {
            let message = "is required: this source's leads come with a certificate".to_owned();
            faults.push((IntakeField::Certificate, message));
        }
        faults
    }

    /// A sender must be able to prove consent (47 CFR 64.1200(a)(2), (f)(9); CASL s. 13): more than an
    /// inquiry counts only with what proves it.
    fn faults_of_consent(&self) -> Vec<(IntakeField, &'static str)> {
        let mut faults = Vec::new();
        let Some(stated) = &self.consent else {
            return faults;
        };
        if stated.at.is_some_and(|at| at > self.at) {
            faults.push((IntakeField::ConsentAt, "must not lie in the future"));
        }
        let proof = self.proof();
        let is_proved = proof.text_shown.is_some() || proof.certificate_url.is_some();
        if self.basis(false) > Some(ConsentBasis::Inquiry) && !is_proved {
            let message =
                "is required for express and written consent, unless a certificate proves it";
            faults.push((IntakeField::ConsentText, message));
        }
        faults
    }
}

const OWN_NUMBER: &str = "is a number that messages are sent from: expected a person's number";

const fn field_of(field: AddressField) -> IntakeField {
    match field {
        AddressField::State => IntakeField::State,
        AddressField::PostalCode => IntakeField::PostalCode,
    }
}
