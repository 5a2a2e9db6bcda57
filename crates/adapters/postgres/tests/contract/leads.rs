//! `LeadRepository`.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use sms_domain::facts::{
    Attribution, Consent, ConsentBasis, ConsentProof, Lead, LeadDetails, SuppressionScope,
};
use sms_domain::lifecycle::{
    IntakeChange, IntakeIds, LeadIntake, OptOutChange, StatedConsent, SuppressionSource, TakenIn,
    take_in,
};
use sms_domain::ports::{
    CommitError, ConsentRepository, IntakeOutcome, IntakeQuery, LeadRepository, LeadView,
    OptOutRepository, Seed, SourceRepository,
};
use sms_domain::values::PersonName;
use sms_domain::values::ids::{
    ApiKeyId, ConsentId, ConversationId, IntakeId, LeadId, SourceId, SuppressionId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_testkit::fixtures::{self, noon, organization_id};

use crate::changes::{advance, claimed, queued};
use crate::support::{Store, lead, other_organization, phone, seed_lead, uuid};

const NEW: &str = "+14045557001";

fn ids(n: u32) -> IntakeIds {
    IntakeIds {
        intake: IntakeId::new(uuid(60, n)),
        lead: LeadId::new(uuid(61, n)),
        conversation: ConversationId::new(uuid(62, n)),
        consent: ConsentId::new(uuid(63, n)),
        earlier_consent: ConsentId::new(uuid(64, n)),
    }
}

fn intake(number: &PhoneNumber) -> LeadIntake {
    LeadIntake {
        organization_id: organization_id(),
        source_id: None,
        key_id: ApiKeyId::new(uuid(52, 1)),
        phone: number.clone(),
        state: Some("GA".to_owned()),
        postal_code: None,
        details: LeadDetails {
            first_name: Some(PersonName::new("Ann")),
            email: Some("ann@example.com".to_owned()),
            attribution: Attribution {
                landing_page: Some("https://example.com/quote".to_owned()),
                ..Attribution::default()
            },
            ..LeadDetails::default()
        },
        consent: None,
        own_id: None,
        at: noon(),
    }
}

async fn change(store: &Store, intake: &LeadIntake, n: u32) -> IntakeChange {
    let query = IntakeQuery {
        organization_id: intake.organization_id,
        source_id: intake.source_id,
        phone: intake.phone.clone(),
        own_id: intake.own_id.clone(),
    };
    let facts = store.pg.intake_facts(query).await.unwrap();
    match take_in(intake.clone(), &facts, &ids(n)) {
        Ok(TakenIn::Recorded(change)) => *change,
        other => panic!("{other:?}"),
    }
}

async fn record(store: &Store, change: IntakeChange) -> IntakeOutcome {
    store.pg.record_intake(change).await.unwrap()
}

async fn taken(store: &Store, intake: &LeadIntake, n: u32) -> LeadView {
    let change = change(store, intake, n).await;
    let id = change.lead.id;
    assert_eq!(record(store, change).await, IntakeOutcome::Recorded);
    view(store, id).await
}

async fn view(store: &Store, id: LeadId) -> LeadView {
    let view = store.pg.lead_view(organization_id(), id).await;
    view.unwrap().unwrap()
}

fn closing(number: PhoneNumber, at: DateTime<Utc>) -> OptOutChange {
    OptOutChange {
        organization_id: organization_id(),
        suppression_id: SuppressionId::new(uuid(65, 1)),
        phone: number,
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Inbound,
        profile: None,
        reason: "keyword".to_owned(),
        recipient: None,
        at,
        by: None,
    }
}

#[tokio::test]
async fn a_new_lead_is_recorded_whole_and_read_back() {
    let store = Store::new().await;
    let view = taken(&store, &intake(&fixtures::phone(NEW)), 1).await;
    assert_eq!(view.lead.id, ids(1).lead);
    assert_eq!(view.lead.phone.as_str(), NEW);
    assert_eq!(view.lead.state.as_deref(), Some("GA"));
    let consent = view.lead.consent.unwrap();
    assert_eq!((consent.basis, consent.at), (ConsentBasis::Inquiry, noon()));
    assert_eq!(consent.record, Some(ids(1).consent));
    assert_eq!(view.conversation_id, Some(ids(1).conversation));
    assert_eq!(view.details.email.as_deref(), Some("ann@example.com"));
    assert_eq!((view.created_at, view.modified_at), (Some(noon()), None));
    let records = store
        .pg
        .consents(organization_id(), view.lead.id)
        .await
        .unwrap();
    let page = records[0].proof.page_url.as_deref();
    assert_eq!(page, Some("https://example.com/quote"));
    let elsewhere = store.pg.lead_view(other_organization(), view.lead.id).await;
    assert_eq!(elsewhere.unwrap(), None);
}

#[tokio::test]
async fn the_same_phone_again_is_the_same_lead_with_a_consent_more_and_nothing_lifted() {
    let store = Store::new().await;
    let consented = Lead {
        consent: Some(Consent::new(
            ConsentBasis::Express,
            noon() - TimeDelta::days(9),
        )),
        ..seed_lead(organization_id(), 1)
    };
    store
        .seed(&Seed {
            leads: vec![consented],
            ..Seed::default()
        })
        .await;
    let stop = closing(phone(1), noon());
    store.pg.record_opt_out(stop).await.unwrap();
    let mut again = intake(&phone(1));
    again.at = noon() + TimeDelta::hours(1);
    again.consent = Some(StatedConsent {
        basis: Some(ConsentBasis::Written),
        at: Some(noon()),
        proof: ConsentProof {
            text_shown: Some("I agree".to_owned()),
            ..ConsentProof::default()
        },
    });
    let before = view(&store, lead(1)).await;
    let after = taken(&store, &again, 1).await;
    assert_eq!(after.lead.id, lead(1));
    assert_eq!(after.conversation_id, before.conversation_id);
    assert_eq!(after.lead.consent.unwrap().basis, ConsentBasis::Written);
    assert_eq!(after.opted_out_at, Some(noon()));
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
    let listed = store.pg.consents(organization_id(), lead(1)).await.unwrap();
    let bases: Vec<_> = listed.iter().map(|one| one.basis).collect();
    assert_eq!(bases, [ConsentBasis::Express, ConsentBasis::Written]);
    assert_eq!(store.count("conversations").await, 100);
}

#[tokio::test]
async fn what_changed_since_the_facts_were_read_is_a_conflict_and_writes_nothing() {
    let store = Store::new().await;
    let number = fixtures::phone(NEW);
    let (first, second) = (
        change(&store, &intake(&number), 1).await,
        change(&store, &intake(&number), 2).await,
    );
    assert_eq!(record(&store, first.clone()).await, IntakeOutcome::Recorded);
    assert_eq!(record(&store, second).await, IntakeOutcome::Conflict);
    let (third, fourth) = (
        change(&store, &intake(&number), 3).await,
        change(&store, &intake(&number), 4).await,
    );
    assert_eq!(record(&store, third).await, IntakeOutcome::Recorded);
    assert_eq!(record(&store, fourth).await, IntakeOutcome::Conflict);
    assert_eq!(
        record(&store, first).await,
        IntakeOutcome::Recorded,
        "known already"
    );
    assert_eq!(store.count("lead_intakes").await, 2);
    assert_eq!(store.count("consents").await, 2);
}

#[tokio::test]
async fn a_number_that_an_organization_begins_to_send_from_is_a_conflict() {
    let store = Store::new().await;
    let change = change(&store, &intake(&fixtures::phone(NEW)), 1).await;
    store
        .execute(&format!(
            "INSERT INTO phone_directory VALUES ('{NEW}', gen_random_uuid(), gen_random_uuid())"
        ))
        .await;
    assert_eq!(record(&store, change).await, IntakeOutcome::Conflict);
    assert_eq!(store.count("leads").await, 100);
}

#[tokio::test]
async fn the_sources_own_id_is_used_once_and_each_source_has_its_own() {
    let store = Store::new().await;
    let source = SourceId::new(uuid(51, 1));
    store
        .execute(&format!(
            "INSERT INTO sources (organization_id, id, name, is_imported)
             VALUES ('{}', '{source}', 'Website', false)",
            organization_id()
        ))
        .await;
    let named = |number: &str, source_id| LeadIntake {
        own_id: Some("x-1".to_owned()),
        source_id,
        ..intake(&fixtures::phone(number))
    };
    let one = change(&store, &named(NEW, None), 1).await;
    let other = change(&store, &named("+14045557002", None), 2).await;
    assert_eq!(record(&store, one).await, IntakeOutcome::Recorded);
    assert_eq!(record(&store, other).await, IntakeOutcome::Conflict);
    taken(&store, &named("+14045557003", Some(source)), 3).await;
    let query = IntakeQuery {
        organization_id: organization_id(),
        source_id: None,
        phone: fixtures::phone(NEW),
        own_id: Some("x-1".to_owned()),
    };
    let facts = store.pg.intake_facts(query).await.unwrap();
    assert_eq!(facts.earlier.unwrap().lead_id, ids(1).lead);
    let view = store
        .pg
        .find_source(organization_id(), source)
        .await
        .unwrap();
    assert_eq!(view.unwrap().first_lead_at, Some(noon()));
}

#[tokio::test]
async fn the_facts_know_no_strange_source_and_all_of_our_own_numbers() {
    let store = Store::new().await;
    let about = |organization_id, source_id, number: &str| IntakeQuery {
        organization_id,
        source_id,
        phone: fixtures::phone(number),
        own_id: None,
    };
    let unknown = Some(SourceId::new(uuid(51, 9)));
    let facts = store
        .pg
        .intake_facts(about(organization_id(), unknown, NEW));
    let facts = facts.await.unwrap();
    assert!(facts.source.is_none() && facts.known.is_none() && !facts.is_own_number);
    let ours = store
        .pg
        .intake_facts(about(other_organization(), None, "+14045559999"));
    assert!(ours.await.unwrap().is_own_number);
}

#[tokio::test]
async fn no_decision_is_committed_that_rests_on_what_was_known_before() {
    let store = Store::new().await;
    let message = store.commit(queued(1)).await.unwrap();
    let mut leaves = claimed(&message, 1);
    leaves.guards.recipient = advance(&message, 1);
    taken(&store, &intake(&message.submission.to), 1).await;
    assert_eq!(store.commit(leaves).await, Err(CommitError::Conflict));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_intakes_of_one_phone_make_one_lead() {
    let store = Store::new().await;
    let number = fixtures::phone(NEW);
    let one = |n: u32| {
        let (store, number) = (&store, &number);
        async move {
            loop {
                let change = change(store, &intake(number), n).await;
                let id = change.lead.id;
                if record(store, change).await == IntakeOutcome::Recorded {
                    return id;
                }
            }
        }
    };
    let leads = join_all((1..=8).map(one)).await;
    assert!(leads.iter().all(|id| *id == leads[0]), "{leads:?}");
    let made = format!("SELECT count(*) FROM leads WHERE phone = '{NEW}'");
    assert_eq!(store.number(&made).await, 1);
    assert_eq!(store.count("conversations").await, 101);
    assert_eq!(store.count("lead_intakes").await, 8);
    assert_eq!(store.count("consents").await, 8);
    let known = view(&store, leads[0]).await;
    assert!(known.modified_at.is_some());
}

#[tokio::test]
async fn a_lead_without_details_is_shown_with_what_is_known() {
    let store = Store::new().await;
    let view = view(&store, lead(1)).await;
    assert_eq!(view.details, LeadDetails::default());
    assert!(!view.is_imported && view.opted_out_at.is_none());
    assert_eq!(view.lead, seed_lead(organization_id(), 1));
    assert!(view.created_at.is_some(), "its id says when it was made");
    let nobody = store
        .pg
        .lead_view(organization_id(), LeadId::new(uuid(99, 1)))
        .await;
    assert_eq!(nobody.unwrap(), None);
}
