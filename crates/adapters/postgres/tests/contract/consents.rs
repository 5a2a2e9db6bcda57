//! `ConsentRepository`, and the records of consent in seeds.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::facts::{
    Consent, ConsentBasis, ConsentProof, ConsentRecord, Lead, Revocation, RevocationChannel,
};
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, CommitError, ConsentRepository, ConsentRevocation,
    RevocationOutcome, Seed, SeedError, SeedRepository,
};
use sms_domain::values::ids::ConsentId;
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::changes::{advance, claimed, queued};
use crate::support::{Store, lead, other_organization, phone, seed_of, uuid};

fn days_ago(days: i64) -> DateTime<Utc> {
    noon() - TimeDelta::days(days)
}

/// Record `n` of lead 1, with every part of a proof.
fn record(n: u32, basis: ConsentBasis, at: DateTime<Utc>) -> ConsentRecord {
    ConsentRecord {
        organization_id: organization_id(),
        id: ConsentId::new(uuid(44, n)),
        lead_id: lead(1),
        basis,
        at,
        proof: ConsentProof {
            text_shown: Some("By clicking you agree".to_owned()),
            page_url: Some("https://example.com/form".to_owned()),
            ip_address: Some("2001:db8::7".parse().unwrap()),
            user_agent: Some("Mozilla/5.0".to_owned()),
            certificate_url: Some("https://cert.example/1".to_owned()),
            sellers: vec!["Acme".to_owned(), "Other".to_owned()],
        },
        recorded_by: Some("web form".to_owned()),
        recorded_at: Some(noon()),
        revoked: None,
    }
}

fn of(records: &[&ConsentRecord]) -> Seed {
    Seed {
        consents: records.iter().copied().cloned().collect(),
        ..Seed::default()
    }
}

async fn listed(store: &Store) -> Vec<ConsentRecord> {
    store.pg.consents(organization_id(), lead(1)).await.unwrap()
}

async fn consent(store: &Store) -> Option<Consent> {
    store.context(1).await.message.lead.consent
}

fn counts(record: &ConsentRecord) -> Option<Consent> {
    Some(Consent {
        basis: record.basis,
        at: record.at,
        record: Some(record.id),
    })
}

fn revocation(n: u32, at: DateTime<Utc>) -> ConsentRevocation {
    ConsentRevocation {
        organization_id: organization_id(),
        id: ConsentId::new(uuid(44, n)),
        revoked: Revocation {
            at,
            channel: RevocationChannel::Call,
        },
        at: noon(),
        by: operator(),
    }
}

#[tokio::test]
async fn a_record_is_kept_with_its_proof_and_is_in_the_facts_of_the_next_decision() {
    let store = Store::new().await;
    let written = record(1, ConsentBasis::Written, days_ago(3));
    store.seed(&of(&[&written])).await;
    assert_eq!(listed(&store).await, std::slice::from_ref(&written));
    assert_eq!(consent(&store).await, counts(&written));
    let elsewhere = store.pg.consents(other_organization(), lead(1)).await;
    assert_eq!(elsewhere.unwrap(), []);
}

#[tokio::test]
async fn who_applies_a_seed_recorded_what_names_nobody() {
    let store = Store::new().await;
    let mut bare = record(1, ConsentBasis::Inquiry, days_ago(3));
    bare.proof = ConsentProof::default();
    bare.recorded_by = None;
    store.seed(&of(&[&bare])).await;
    assert_eq!(listed(&store).await[0].recorded_by, Some(operator().name));
}

#[tokio::test]
async fn the_strongest_record_counts_and_of_equals_the_latest() {
    let store = Store::new().await;
    let inquiry = record(1, ConsentBasis::Inquiry, days_ago(1));
    let older = record(2, ConsentBasis::Written, days_ago(9));
    let newer = record(3, ConsentBasis::Written, days_ago(8));
    store.seed(&of(&[&inquiry])).await;
    assert_eq!(consent(&store).await, counts(&inquiry));
    store.seed(&of(&[&newer, &older])).await;
    assert_eq!(consent(&store).await, counts(&newer));
    assert_eq!(listed(&store).await.len(), 3);
}

#[tokio::test]
async fn a_lead_that_is_put_anew_keeps_what_its_records_amount_to() {
    let store = Store::new().await;
    let written = record(1, ConsentBasis::Written, days_ago(3));
    store.seed(&of(&[&written])).await;
    let anew = Lead::new(organization_id(), lead(1), phone(1));
    store
        .seed(&Seed {
            leads: vec![anew],
            ..Seed::default()
        })
        .await;
    assert_eq!(consent(&store).await, counts(&written));
}

#[tokio::test]
async fn a_record_that_says_something_else_under_a_stored_id_is_refused() {
    let store = Store::new().await;
    let written = record(1, ConsentBasis::Written, days_ago(3));
    store.seed(&of(&[&written])).await;
    store.seed(&of(&[&written])).await;
    let mut other = written.clone();
    other.proof.page_url = Some("https://example.com/another".to_owned());
    let refused = store.pg.apply(&of(&[&other]), noon(), &operator()).await;
    let Err(SeedError::Invalid(faults)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(faults[0].place, "consents[0]");
    assert_eq!(listed(&store).await, [written]);
}

#[tokio::test]
async fn a_revoked_consent_counts_no_more_and_stays_on_record_with_its_channel() {
    let store = Store::new().await;
    let inquiry = record(1, ConsentBasis::Inquiry, days_ago(3));
    let written = record(2, ConsentBasis::Written, days_ago(2));
    store.seed(&of(&[&inquiry, &written])).await;
    let revoke = async |n, at| {
        let revoked = store.pg.revoke_consent(revocation(n, at)).await;
        revoked.unwrap()
    };
    assert_eq!(
        revoke(2, days_ago(5)).await,
        RevocationOutcome::BeforeConsent
    );
    assert_eq!(revoke(2, days_ago(1)).await, RevocationOutcome::Recorded);
    assert_eq!(consent(&store).await, counts(&inquiry));
    assert_eq!(revoke(1, days_ago(1)).await, RevocationOutcome::Recorded);
    assert_eq!(consent(&store).await, None);
    assert_eq!(revoke(1, noon()).await, RevocationOutcome::AlreadyRevoked);
    assert_eq!(revoke(9, noon()).await, RevocationOutcome::Unknown);
    for record in listed(&store).await {
        assert_eq!(record.revoked, Some(revocation(1, days_ago(1)).revoked));
    }
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let revoked = log
        .iter()
        .filter(|one| one.entry.action == AuditAction::ConsentRevoked);
    assert_eq!(revoked.count(), 2);
}

#[tokio::test]
async fn a_seed_revokes_and_another_does_not_take_it_back() {
    let store = Store::new().await;
    let given = record(1, ConsentBasis::Written, days_ago(3));
    let mut revoked = given.clone();
    revoked.revoked = Some(revocation(1, days_ago(1)).revoked);
    store.seed(&of(&[&given])).await;
    store.seed(&of(&[&revoked])).await;
    store.seed(&of(&[&given])).await;
    assert_eq!(listed(&store).await, [revoked]);
    assert_eq!(consent(&store).await, None);
}

#[tokio::test]
async fn what_was_decided_before_a_revocation_is_not_committed_after_it() {
    for by_seed in [false, true] {
        let store = Store::new().await;
        let given = record(1, ConsentBasis::Written, days_ago(3));
        store.seed(&of(&[&given])).await;
        let message = store.commit(queued(1)).await.unwrap();
        let mut leaves = claimed(&message, 1);
        leaves.guards.recipient = advance(&message, 1);
        let revoked = revocation(1, days_ago(1));
        if by_seed {
            let mut record = given;
            record.revoked = Some(revoked.revoked);
            store.seed(&of(&[&record])).await;
        } else {
            store.pg.revoke_consent(revoked).await.unwrap();
        }
        assert_eq!(store.commit(leaves).await, Err(CommitError::Conflict));
    }
}

#[tokio::test]
async fn a_record_of_a_lead_that_does_not_exist_is_refused() {
    let store = Store::empty().await;
    store.seed(&seed_of(organization_id())).await;
    let mut strange = record(1, ConsentBasis::Written, days_ago(3));
    strange.lead_id = lead(999);
    let refused = store.pg.apply(&of(&[&strange]), noon(), &operator()).await;
    let Err(SeedError::Invalid(faults)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(faults[0].place, "consents[0].leadId");
}
