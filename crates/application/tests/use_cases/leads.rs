//! Taking leads in, over mocked ports.

use std::sync::{Arc, Mutex};

use sms_application::{IntakeError, LeadService, TakeInLead};
use sms_domain::facts::{Lead, LeadDetails};
use sms_domain::law::RuleData;
use sms_domain::lifecycle::{
    EarlierIntake, IntakeChange, IntakeFacts, IntakeField, KnownLead, LeadIntake,
};
use sms_domain::ports::{IntakeOutcome, LeadView, MockLeadRepository};
use sms_domain::values::ids::{ApiKeyId, LeadId, SourceId};
use sms_testkit::fixtures::{lead_id, noon, organization_id, phone};
use sms_testkit::sequential_uuid;

use crate::world::ids;

fn facts() -> IntakeFacts {
    IntakeFacts {
        rules: RuleData::bundled().unwrap(),
        source: None,
        is_own_number: false,
        known: None,
        earlier: None,
    }
}

fn intake() -> LeadIntake {
    LeadIntake {
        organization_id: organization_id(),
        source_id: None,
        key_id: ApiKeyId::new(sequential_uuid(9)),
        phone: phone("+14045550100"),
        state: None,
        postal_code: None,
        details: LeadDetails::default(),
        consent: None,
        own_id: Some("x-1".to_owned()),
        at: noon(),
    }
}

fn view(id: LeadId) -> LeadView {
    LeadView {
        lead: Lead::new(organization_id(), id, phone("+14045550100")),
        details: LeadDetails::default(),
        is_imported: false,
        created_at: Some(noon()),
        modified_at: None,
        conversation_id: None,
        opted_out_at: None,
        opted_in_at: None,
    }
}

/// A store that knows `facts`, one after the other, and shows every lead.
fn store(facts: Vec<IntakeFacts>) -> MockLeadRepository {
    let mut store = MockLeadRepository::new();
    let mut facts = facts.into_iter();
    store
        .expect_intake_facts()
        .returning(move |_| Ok(facts.next().expect("facts were loaded too often")));
    store
        .expect_lead_view()
        .returning(|_, id| Ok(Some(view(id))));
    store
}

fn taking(store: MockLeadRepository) -> TakeInLead {
    TakeInLead::new(Arc::new(store), ids())
}

#[tokio::test]
async fn a_lost_race_is_decided_again_with_fresh_facts() {
    let known = IntakeFacts {
        known: Some(KnownLead {
            lead: view(lead_id()).lead,
            details: LeadDetails::default(),
            version: 1,
            conversation_id: None,
        }),
        ..facts()
    };
    let mut store = store(vec![facts(), known]);
    let changes: Arc<Mutex<Vec<IntakeChange>>> = Arc::default();
    let log = Arc::clone(&changes);
    store
        .expect_record_intake()
        .times(2)
        .returning(move |change| {
            let mut log = log.lock().unwrap();
            log.push(change);
            Ok(match log.len() {
                1 => IntakeOutcome::Conflict,
                _ => IntakeOutcome::Recorded,
            })
        });
    let taken = taking(store).take_in(intake()).await.unwrap();
    assert_eq!(taken.view.lead.id, lead_id());
    assert!(!taken.is_repeated);
    let changes = changes.lock().unwrap();
    assert!(changes[0].is_new_lead && !changes[1].is_new_lead);
    assert_eq!(
        changes[0].id, changes[1].id,
        "one intake, however often it is tried"
    );
}

#[tokio::test]
async fn a_repeated_intake_writes_nothing() {
    let earlier = IntakeFacts {
        earlier: Some(EarlierIntake {
            lead_id: lead_id(),
            phone: phone("+14045550100"),
        }),
        ..facts()
    };
    let taken = taking(store(vec![earlier]))
        .take_in(intake())
        .await
        .unwrap();
    assert!(taken.is_repeated);
    assert_eq!(taken.view.lead.id, lead_id());
}

#[tokio::test]
async fn what_is_refused_is_not_written() {
    let own = IntakeFacts {
        is_own_number: true,
        ..facts()
    };
    let refused = taking(store(vec![own])).take_in(intake()).await;
    let Err(IntakeError::Invalid(faults)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(faults[0].field, IntakeField::Phone);
    let of_source = LeadIntake {
        source_id: Some(SourceId::new(sequential_uuid(5))),
        ..intake()
    };
    let refused = taking(store(vec![facts()])).take_in(of_source).await;
    assert!(matches!(refused, Err(IntakeError::SourceClosed)));
}

#[tokio::test]
async fn whoever_never_wins_is_told_to_come_back() {
    let mut store = store(vec![facts(); 16]);
    store
        .expect_record_intake()
        .times(16)
        .returning(|_| Ok(IntakeOutcome::Conflict));
    let refused = taking(store).take_in(intake()).await;
    assert!(matches!(refused, Err(IntakeError::Contended)));
}
