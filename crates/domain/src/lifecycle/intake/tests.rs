//! What becomes of an intake.

use chrono::TimeDelta;
use uuid::Uuid;

use super::*;
use crate::facts::{Attribution, Consent};
use crate::law::Jurisdiction;
use crate::values::PersonName;
use crate::values::billing::Money;

const SOURCE: SourceId = SourceId::new(Uuid::from_u128(5));

fn organization() -> OrganizationId {
    OrganizationId::new(Uuid::from_u128(1))
}

fn noon() -> DateTime<Utc> {
    "2026-03-03T17:00:00Z".parse().unwrap()
}

fn phone() -> PhoneNumber {
    PhoneNumber::parse("+14045550142").unwrap()
}

fn ids() -> IntakeIds {
    IntakeIds {
        intake: IntakeId::new(Uuid::from_u128(10)),
        lead: LeadId::new(Uuid::from_u128(11)),
        conversation: ConversationId::new(Uuid::from_u128(12)),
        consent: ConsentId::new(Uuid::from_u128(13)),
        earlier_consent: ConsentId::new(Uuid::from_u128(14)),
    }
}

fn source() -> Source {
    Source::new(organization(), SOURCE, "Website".to_owned())
}

fn facts() -> IntakeFacts {
    IntakeFacts {
        rules: RuleData::bundled().unwrap(),
        source: Some(source()),
        is_own_number: false,
        known: None,
        earlier: None,
    }
}

fn intake() -> LeadIntake {
    LeadIntake {
        organization_id: organization(),
        source_id: Some(SOURCE),
        key_id: ApiKeyId::new(Uuid::from_u128(6)),
        phone: phone(),
        state: Some("Georgia".to_owned()),
        postal_code: Some("30301".to_owned()),
        details: LeadDetails {
            first_name: Some(PersonName::new("Ann")),
            attribution: Attribution {
                landing_page: Some("https://example.com/quote".to_owned()),
                price: Some(Money::from_micros(1)),
                ..Attribution::default()
            },
            ..LeadDetails::default()
        },
        consent: None,
        own_id: Some("x-1".to_owned()),
        at: noon(),
    }
}

fn known() -> KnownLead {
    KnownLead {
        lead: Lead {
            state: Some("FL".to_owned()),
            postal_code: Some("33101".to_owned()),
            ..Lead::new(organization(), LeadId::new(Uuid::from_u128(77)), phone())
        },
        details: LeadDetails::default(),
        version: 3,
        conversation_id: Some(ConversationId::new(Uuid::from_u128(78))),
    }
}

fn recorded(intake: LeadIntake, facts: &IntakeFacts) -> IntakeChange {
    match take_in(intake, facts, &ids()) {
        Ok(TakenIn::Recorded(change)) => *change,
        other => panic!("{other:?}"),
    }
}

fn faults(intake: LeadIntake, facts: &IntakeFacts) -> Vec<IntakeField> {
    match take_in(intake, facts, &ids()) {
        Err(IntakeRefused::Invalid(faults)) => faults.iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_lead_comes_with_a_conversation_and_the_inquiry_as_its_consent() {
    let change = recorded(intake(), &facts());
    assert!(change.is_new_lead && change.is_new_conversation);
    assert_eq!(change.lead.id, ids().lead);
    assert_eq!(change.lead.source_id, Some(SOURCE));
    assert_eq!(change.lead.name, Some(PersonName::new("Ann")));
    assert_eq!(change.conversation_id, ids().conversation);
    let [consent] = change.consents.as_slice() else {
        panic!("{change:?}");
    };
    assert_eq!((consent.basis, consent.at), (ConsentBasis::Inquiry, noon()));
    assert_eq!(consent.recorded_by, Some(format!("source {SOURCE}")));
    assert_eq!(
        consent.proof.page_url.as_deref(),
        Some("https://example.com/quote")
    );
}

#[test]
fn the_same_phone_again_is_the_same_lead_and_conversation() {
    let facts = IntakeFacts {
        known: Some(known()),
        ..facts()
    };
    let change = recorded(intake(), &facts);
    assert!(!change.is_new_lead && !change.is_new_conversation);
    assert_eq!(change.lead.id, known().lead.id);
    assert_eq!(Some(change.conversation_id), known().conversation_id);
    assert_eq!(change.version, 3);
    assert_eq!(change.lead.source_id, None, "the first source stays");
    assert_eq!(change.lead.state.as_deref(), Some("Georgia"));
}

#[test]
fn a_state_and_a_postal_code_are_one_address_and_stay_if_neither_is_stated() {
    let facts = IntakeFacts {
        known: Some(known()),
        ..facts()
    };
    let moved = LeadIntake {
        state: None,
        postal_code: Some("2134".to_owned()),
        ..intake()
    };
    let lead = recorded(moved, &facts).lead;
    assert_eq!(
        (lead.state, lead.postal_code.as_deref()),
        (None, Some("02134"))
    );
    let silent = LeadIntake {
        state: None,
        postal_code: None,
        ..intake()
    };
    assert_eq!(
        recorded(silent, &facts).lead.postal_code.as_deref(),
        Some("33101")
    );
}

#[test]
fn a_consent_without_a_record_gets_one_so_that_it_still_counts() {
    let mut had = known();
    let earlier = noon() - TimeDelta::days(9);
    had.lead.consent = Some(Consent::new(ConsentBasis::Written, earlier));
    let facts = IntakeFacts {
        known: Some(had),
        ..facts()
    };
    let consents = recorded(intake(), &facts).consents;
    let bases: Vec<_> = consents.iter().map(|one| (one.basis, one.at)).collect();
    let expected = [
        (ConsentBasis::Written, earlier),
        (ConsentBasis::Inquiry, noon()),
    ];
    assert_eq!(bases, expected);
}

#[test]
fn an_imported_lead_made_no_inquiry() {
    let mut facts = facts();
    facts.source.as_mut().unwrap().is_imported = true;
    assert_eq!(recorded(intake(), &facts).consents, []);
}

#[test]
fn more_than_an_inquiry_needs_its_proof() {
    let with = |text: Option<&str>, certificate: Option<&str>| {
        let mut one = intake();
        one.details.attribution.trusted_form_url = certificate.map(str::to_owned);
        one.consent = Some(StatedConsent {
            basis: Some(ConsentBasis::Written),
            at: Some(noon() - TimeDelta::hours(1)),
            proof: ConsentProof {
                text_shown: text.map(str::to_owned),
                ..ConsentProof::default()
            },
        });
        one
    };
    assert_eq!(
        faults(with(None, None), &facts()),
        [IntakeField::ConsentText]
    );
    for proved in [
        with(Some("I agree"), None),
        with(None, Some("https://cert.example/1")),
    ] {
        let consents = recorded(proved, &facts()).consents;
        assert_eq!(consents[0].basis, ConsentBasis::Written);
        assert_eq!(consents[0].at, noon() - TimeDelta::hours(1));
    }
    let mut late = with(Some("I agree"), None);
    late.consent.as_mut().unwrap().at = Some(noon() + TimeDelta::seconds(1));
    assert_eq!(faults(late, &facts()), [IntakeField::ConsentAt]);
}

#[test]
fn the_sources_own_id_is_one_intake_and_never_two_people() {
    let earlier = |number: &str| IntakeFacts {
        earlier: Some(EarlierIntake {
            lead_id: LeadId::new(Uuid::from_u128(77)),
            phone: PhoneNumber::parse(number).unwrap(),
        }),
        ..facts()
    };
    let again = take_in(intake(), &earlier("+14045550142"), &ids());
    assert_eq!(
        again,
        Ok(TakenIn::Repeated(LeadId::new(Uuid::from_u128(77))))
    );
    assert_eq!(
        faults(intake(), &earlier("+14045550143")),
        [IntakeField::OwnId]
    );
}

#[test]
fn a_source_that_is_disabled_or_gone_brings_nothing() {
    let mut disabled = facts();
    disabled.source.as_mut().unwrap().is_enabled = false;
    let gone = IntakeFacts {
        source: None,
        ..facts()
    };
    for facts in [disabled, gone] {
        let refused = take_in(intake(), &facts, &ids());
        assert_eq!(refused, Err(IntakeRefused::SourceClosed));
    }
}

#[test]
fn what_the_source_demands_is_asked_for_field_by_field() {
    let mut strict = facts();
    let source = strict.source.as_mut().unwrap();
    source.allowed_states = vec![Jurisdiction::parse("FL").unwrap()];
    source.allowed_products = vec!["Solar".to_owned()];
    source.requires_certificate = true;
    let found = faults(intake(), &strict);
    let expected = [
        IntakeField::State,
        IntakeField::Product,
        IntakeField::Certificate,
    ];
    assert_eq!(found, expected);
    let mut fitting = intake();
    fitting.state = Some("Fla.".to_owned());
    fitting.postal_code = None;
    fitting.details.attribution.product = Some("solar".to_owned());
    fitting.details.attribution.trusted_form_url = Some("https://cert.example/1".to_owned());
    assert!(take_in(fitting, &strict, &ids()).is_ok());
}

#[test]
fn what_cannot_be_read_is_refused_and_never_guessed() {
    let facts = IntakeFacts {
        is_own_number: true,
        ..facts()
    };
    let unclear = LeadIntake {
        state: Some("Floridaa".to_owned()),
        postal_code: Some("0".to_owned()),
        ..intake()
    };
    let expected = [
        IntakeField::Phone,
        IntakeField::State,
        IntakeField::PostalCode,
    ];
    assert_eq!(faults(unclear, &facts), expected);
}

#[test]
fn the_tags_of_the_source_are_added() {
    let mut facts = facts();
    let website = LeadTag::parse("Website").unwrap();
    facts.source.as_mut().unwrap().default_tags = vec![website.clone()];
    assert_eq!(recorded(intake(), &facts).details.tags, [website]);
}
