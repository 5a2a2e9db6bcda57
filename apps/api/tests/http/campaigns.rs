//! Campaigns: what reaches the service, and how one is shown.

use async_trait::async_trait;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use sms_application::{CampaignError, CampaignService};
use sms_domain::facts::Registration;
use sms_domain::ports::{Campaign, CampaignSettings};
use sms_domain::values::Actor;
use sms_domain::values::ids::{CampaignId, OrganizationId};
use sms_testkit::fixtures::{noon, organization_id};
use uuid::Uuid;

use crate::fakes::{FakeService, World};
use crate::operations::call;

/// Knows one campaign.
fn campaign_id() -> CampaignId {
    CampaignId::new(Uuid::from_u128(0xCA))
}

fn campaign(settings: CampaignSettings) -> Campaign {
    Campaign {
        organization_id: organization_id(),
        id: campaign_id(),
        settings,
        registration: Registration::Missing,
        is_paused: false,
        created_at: Some(noon()),
        modified_at: None,
    }
}

fn settings() -> CampaignSettings {
    CampaignSettings {
        name: "Spring".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: None,
        minute_limit: None,
        daily_limit: None,
    }
}

fn known(id: CampaignId) -> Result<(), CampaignError> {
    (id == campaign_id())
        .then_some(())
        .ok_or(CampaignError::Unknown)
}

#[async_trait]
impl CampaignService for FakeService {
    async fn campaign(
        &self,
        organization: OrganizationId,
        id: CampaignId,
    ) -> Result<Campaign, CampaignError> {
        assert_eq!(organization, organization_id());
        known(id).map(|()| campaign(settings()))
    }

    async fn create(
        &self,
        _: OrganizationId,
        settings: CampaignSettings,
        _: Actor,
    ) -> Result<Campaign, CampaignError> {
        Ok(campaign(settings))
    }

    async fn update(
        &self,
        _: OrganizationId,
        id: CampaignId,
        settings: CampaignSettings,
        _: Actor,
    ) -> Result<Campaign, CampaignError> {
        known(id).map(|()| campaign(settings))
    }
}

#[tokio::test]
async fn settings_are_handed_over_and_shown() {
    let body = json!({
        "name": " Spring ", "tenDlcCampaignId": "C1", "minuteLimit": 60, "dailyLimit": "1000",
    });
    let path = format!("/campaigns/{}", campaign_id());
    for (method, path) in [(Method::POST, "/campaigns"), (Method::PUT, path.as_str())] {
        let answer = call(&World::new(), method, path, Some(body.clone())).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["name"], "Spring");
        assert_eq!(answer.body["tenDlcCampaignId"], "C1");
        assert_eq!(answer.body["minuteLimit"], "60");
        assert_eq!(answer.body["dailyLimit"], "1000");
        assert_eq!(answer.body["registrationStatus"], "missing");
        assert_eq!(answer.body["brandId"], Value::Null);
    }
}

#[rstest]
#[case(json!({}), "name")]
#[case(json!({ "name": " " }), "name")]
#[case(json!({ "name": "x".repeat(201) }), "name")]
#[case(json!({ "name": "x", "brandId": "a\u{7}" }), "brandId")]
#[case(json!({ "name": "x", "minuteLimit": 0 }), "minuteLimit")]
#[case(json!({ "name": "x", "dailyLimit": "many" }), "dailyLimit")]
#[tokio::test]
async fn a_fault_names_its_field(#[case] body: Value, #[case] field: &str) {
    let answer = call(&World::new(), Method::POST, "/campaigns", Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["errors"][field].is_array(), "{}", answer.body);
}

#[tokio::test]
async fn what_the_organization_does_not_have_is_not_found() {
    let path = "/campaigns/01900000-0000-7000-8000-0000000000ff";
    let answer = call(&World::new(), Method::GET, path, None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let body = json!({ "name": "x" });
    let answer = call(&World::new(), Method::PUT, path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
