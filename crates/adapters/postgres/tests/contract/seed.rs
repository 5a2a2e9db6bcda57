//! `SeedRepository`.

use sms_domain::facts::{Policy, Registration};
use sms_domain::ports::{
    Seed, SeedCampaign, SeedError, SeedRepository, SeedSource, SeedSuppression,
};
use sms_domain::values::ids::{CampaignId, SourceId, SuppressionId};
use sms_testkit::fixtures::{noon, number_id, operator, organization_id};

use crate::support::{
    LEADS, Store, lead, other_organization, phone, seed_conversation, seed_lead, seed_number,
    seed_of, uuid,
};

pub(crate) fn suppression() -> SeedSuppression {
    SeedSuppression {
        organization_id: organization_id(),
        id: SuppressionId::new(uuid(6, 1)),
        phone: phone(1),
        campaign_id: None,
        number_id: None,
    }
}

/// Something of everything.
pub(crate) fn everything() -> Seed {
    let mut seed = seed_of(organization_id());
    seed.campaigns.push(SeedCampaign {
        organization_id: organization_id(),
        id: CampaignId::new(uuid(8, 1)),
        name: "Spring".to_owned(),
        brand_id: Some("B1".to_owned()),
        ten_dlc_campaign_id: Some("C1".to_owned()),
        registration: Registration::Approved,
        minute_limit: Some(75),
        daily_limit: None,
    });
    seed.sources.push(SeedSource {
        organization_id: organization_id(),
        id: SourceId::new(uuid(8, 2)),
        name: "Web form".to_owned(),
        is_imported: false,
    });
    seed.numbers[0].campaign_id = Some(seed.campaigns[0].id);
    seed.leads[0].source_id = Some(seed.sources[0].id);
    seed.suppressions.push(suppression());
    seed
}

pub(crate) async fn refusal(store: &Store, seed: &Seed) -> String {
    match store.pg.apply(seed, noon(), &operator()).await {
        Err(SeedError::Invalid(faults)) => {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            faults.join("; ")
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn applying_a_seed_twice_leaves_what_applying_it_once_leaves() {
    let store = Store::empty().await;
    store.seed(&everything()).await;
    let once = (
        store.wallet().await,
        store.recipient(1).await,
        store.context(0).await,
    );
    store.seed(&everything()).await;
    let twice = (
        store.wallet().await,
        store.recipient(1).await,
        store.context(0).await,
    );
    assert_eq!((once.0, once.1), (twice.0, twice.1));
    assert_eq!((once.2.org, once.2.message), (twice.2.org, twice.2.message));
    assert_eq!(store.count("leads").await, i64::from(LEADS));
    assert_eq!(store.count("ledger").await, 1);
    assert_eq!(store.count("suppressions").await, 1);
}

#[tokio::test]
async fn a_seed_changes_what_it_names_and_nothing_else() {
    let store = Store::new().await;
    let mut renamed = seed_lead(organization_id(), 1);
    renamed.postal_code = Some("30303".to_owned());
    store
        .seed(&Seed {
            leads: vec![renamed],
            ..Seed::default()
        })
        .await;
    let one = store.context(1).await.message.lead.postal_code;
    let other = store.context(2).await.message.lead.postal_code;
    assert_eq!((one.as_deref(), other), (Some("30303"), None));
}

#[tokio::test]
async fn a_suppression_advances_its_recipient_once() {
    let store = Store::new().await;
    let seed = Seed {
        suppressions: vec![suppression()],
        ..Seed::default()
    };
    store.seed(&seed).await;
    assert_eq!(store.recipient(1).await.0, 1);
    store.queue(2).await;
    store.seed(&seed).await;
    assert_eq!(store.recipient(1).await.0, 1);
}

#[tokio::test]
async fn what_happened_in_a_conversation_stays() {
    let store = Store::new().await;
    store.send(1).await;
    let active = store.context(1).await.message.conversation.active_number;
    store.seed(&seed_of(organization_id())).await;
    let conversation = store.context(1).await.message.conversation;
    assert_eq!(
        (conversation.active_number, conversation.is_first_message),
        (active, false)
    );
    assert_eq!(active, Some(number_id()));
}

#[tokio::test]
async fn a_policy_stores_what_differs_and_its_version_grows_with_changes() {
    let store = Store::new().await;
    let stored = "SELECT (policy = '{}'::jsonb)::int FROM organizations";
    assert_eq!(store.number(stored).await, 1);
    let mut seed = seed_of(organization_id());
    seed.organizations[0].policy = Policy {
        default_daily_cap: 1,
        ..Policy::default()
    };
    store.seed(&seed).await;
    let stored = "SELECT (policy = '{\"defaultDailyCap\": 1}'::jsonb)::int FROM organizations";
    assert_eq!(store.number(stored).await, 1);
    assert_eq!(store.context(1).await.org.policy_version, 2);
}

#[tokio::test]
async fn a_number_of_another_organization_is_refused_and_nothing_is_written() {
    let store = Store::new().await;
    let theirs = seed_of(other_organization());
    let problem = refusal(&store, &theirs).await;
    assert!(
        problem.contains("numbers[0].phone: belongs to another organization"),
        "{problem}"
    );
    assert_eq!(store.count("organizations").await, 1);
}

#[tokio::test]
async fn a_row_that_refers_to_nothing_is_refused() {
    let store = Store::new().await;
    let mut orphan = seed_conversation(organization_id(), LEADS + 1);
    orphan.lead_id = lead(LEADS + 1);
    let seed = Seed {
        conversations: vec![orphan],
        ..Seed::default()
    };
    let problem = refusal(&store, &seed).await;
    assert!(
        problem.starts_with("conversations[0].leadId: the organization has no lead"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_seed_that_names_one_lead_twice_is_refused() {
    let store = Store::new().await;
    let leads = vec![
        seed_lead(organization_id(), 1),
        seed_lead(organization_id(), 1),
    ];
    let seed = Seed {
        leads,
        ..Seed::default()
    };
    let problem = refusal(&store, &seed).await;
    assert!(
        problem.starts_with("leads[1].id: stands in the list already"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_suppression_with_two_scopes_is_refused() {
    let store = Store::new().await;
    let both = SeedSuppression {
        campaign_id: Some(CampaignId::new(uuid(8, 1))),
        number_id: Some(number_id()),
        ..suppression()
    };
    let seed = Seed {
        suppressions: vec![both],
        ..Seed::default()
    };
    let problem = refusal(&store, &seed).await;
    assert!(
        problem.starts_with("suppressions[0].numberId: names a number beside"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_number_can_be_moved_within_its_organization() {
    let store = Store::new().await;
    let mut number = seed_number(organization_id(), number_id(), "+14045559999");
    number.is_enabled = false;
    store
        .seed(&Seed {
            numbers: vec![number],
            ..Seed::default()
        })
        .await;
    assert!(!store.context(1).await.org.numbers[0].is_enabled);
    assert_eq!(store.count("phone_directory").await, 1);
}

#[tokio::test]
async fn a_seed_that_names_an_unknown_organization_is_refused() {
    let store = Store::empty().await;
    let mut seed = everything();
    seed.organizations.clear();
    let problem = refusal(&store, &seed).await;
    assert!(problem.contains("no organization"), "{problem}");
    assert_eq!(store.count("leads").await, 0);
}

#[tokio::test]
async fn a_seed_that_names_an_unknown_number_is_refused() {
    let store = Store::empty().await;
    let unknown = sms_domain::values::ids::PhoneNumberId::new(uuid(9, 9));
    let mut as_default = everything();
    as_default.organizations[0].default_number_id = Some(unknown);
    let mut as_assigned = everything();
    as_assigned.leads[0].assigned_number_id = Some(unknown);
    for seed in [as_default, as_assigned] {
        let problem = refusal(&store, &seed).await;
        assert!(problem.contains("no number"), "{problem}");
    }
    store.seed(&everything()).await;
}

#[tokio::test]
async fn a_seed_that_names_no_place_is_refused_whole_with_the_lead() {
    let store = Store::empty().await;
    let mut seed = everything();
    seed.leads[0].state = Some("Floridaa".to_owned());
    seed.leads[1].postal_code = Some("somewhere".to_owned());
    seed.organizations[0].policy.allowed_states = Some(vec!["Georgiaa".to_owned()]);
    let problem = refusal(&store, &seed).await;
    for expected in [
        "organizations[0]",
        "`policy.allowedStates` has \"Georgiaa\"",
        &format!("leads[0] ({}): `state` is \"Floridaa\"", seed.leads[0].id),
        &format!(
            "leads[1] ({}): `postalCode` is \"somewhere\"",
            seed.leads[1].id
        ),
    ] {
        assert!(problem.contains(expected), "{problem}");
    }
    seed.leads[0].state = Some("Florida".to_owned());
    seed.leads[1].postal_code = Some("2134".to_owned());
    seed.organizations[0].policy.allowed_states = Some(vec!["Georgia".to_owned()]);
    store.pg.apply(&seed, noon(), &operator()).await.unwrap();
}
