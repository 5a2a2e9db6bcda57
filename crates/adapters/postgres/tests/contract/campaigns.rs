//! `CampaignRepository`: campaigns of an organization, made and changed with their pace.

use sms_domain::facts::Registration;
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, Campaign, CampaignChange, CampaignRepository,
    CampaignSettings,
};
use sms_domain::values::ids::{CampaignId, OrganizationId};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, other_seed, uuid};

fn id() -> CampaignId {
    CampaignId::new(uuid(80, 1))
}

fn settings(minute_limit: Option<u32>) -> CampaignSettings {
    CampaignSettings {
        name: "Spring".to_owned(),
        brand_id: Some("B1".to_owned()),
        ten_dlc_campaign_id: None,
        minute_limit,
        daily_limit: Some(1_000),
    }
}

async fn put(
    store: &Store,
    organization_id: OrganizationId,
    is_new: bool,
    settings: CampaignSettings,
) -> bool {
    let change = CampaignChange {
        organization_id,
        id: id(),
        settings,
        is_new,
        at: noon(),
        by: operator(),
    };
    store.pg.put_campaign(change).await.unwrap()
}

#[tokio::test]
async fn a_campaign_is_made_and_changed_by_its_organization_alone() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    assert!(!put(&store, organization_id(), false, settings(None)).await);
    assert!(put(&store, organization_id(), true, settings(None)).await);
    assert!(!put(&store, organization_id(), true, settings(None)).await);
    assert!(!put(&store, other_organization(), false, settings(None)).await);
    assert!(put(&store, organization_id(), false, settings(Some(60))).await);
    let expected = Campaign {
        organization_id: organization_id(),
        id: id(),
        settings: settings(Some(60)),
        registration: Registration::Missing,
        is_paused: false,
        created_at: Some(noon()),
        modified_at: Some(noon()),
    };
    let found = store.pg.campaigns(organization_id()).await.unwrap();
    assert_eq!(found, [expected]);
    assert!(
        store
            .pg
            .campaigns(other_organization())
            .await
            .unwrap()
            .is_empty()
    );
    let pace = "SELECT per_minute::bigint FROM campaign_lanes";
    assert_eq!(store.number(pace).await, 60);
    assert_eq!(
        store.context(1).await.org.campaigns[0].minute_limit,
        Some(60)
    );
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let written = log
        .iter()
        .filter(|one| one.entry.action == AuditAction::CampaignSeeded);
    assert_eq!(written.count(), 2);
}
