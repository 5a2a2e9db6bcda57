//! Pausing and resuming: what reaches the service, and what is paused afterwards.

use async_trait::async_trait;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::json;
use sms_application::{PauseError, PauseRequest, PauseService};
use sms_domain::facts::Pauses;
use sms_domain::ports::{PauseTarget, Unavailable};
use sms_domain::values::ids::{CampaignId, OrganizationId};
use sms_testkit::fixtures::{number_id, organization_id};
use uuid::Uuid;

use crate::fakes::{FakeService, World};
use crate::operations::call;

/// Knows one number and one campaign.
fn campaign_id() -> CampaignId {
    CampaignId::new(Uuid::from_u128(0xCA))
}

#[async_trait]
impl PauseService for FakeService {
    async fn change(&self, request: PauseRequest) -> Result<(), PauseError> {
        assert_eq!(request.organization_id, organization_id());
        let mut pauses = self.pauses.lock().unwrap();
        match request.target {
            PauseTarget::Organization => pauses.is_organization_paused = request.is_paused,
            PauseTarget::Number(id) if id == number_id() => {
                pauses.numbers = request.is_paused.then_some(id).into_iter().collect();
            }
            PauseTarget::Campaign(id) if id == campaign_id() => {
                pauses.campaigns = request.is_paused.then_some(id).into_iter().collect();
            }
            PauseTarget::Number(_) | PauseTarget::Campaign(_) => return Err(PauseError::Unknown),
        }
        Ok(())
    }

    async fn pauses(&self, organization: OrganizationId) -> Result<Pauses, Unavailable> {
        assert_eq!(organization, organization_id());
        self.up()?;
        Ok(self.pauses.lock().unwrap().clone())
    }
}

#[tokio::test]
async fn each_is_paused_and_resumed_by_itself_and_the_answer_shows_all() {
    let world = World::new();
    let (number, campaign) = (number_id(), campaign_id());
    let nothing = json!({
        "organizationId": organization_id(), "isPaused": false,
        "phoneNumberIds": [], "campaignIds": [],
    });
    for (path, member, value) in [
        ("/organizations/my".to_owned(), "isPaused", json!(true)),
        (
            format!("/phone-numbers/{number}"),
            "phoneNumberIds",
            json!([number]),
        ),
        (
            format!("/campaigns/{campaign}"),
            "campaignIds",
            json!([campaign]),
        ),
    ] {
        let mut expected = nothing.clone();
        expected[member] = value;
        let paused = call(&world, Method::POST, &format!("{path}/pause"), None).await;
        assert_eq!(
            (paused.status, paused.body),
            (StatusCode::OK, expected.clone()),
            "{path}"
        );
        let shown = call(&world, Method::GET, "/organizations/my/pauses", None).await;
        assert_eq!(shown.body, expected);
        let resumed = call(&world, Method::POST, &format!("{path}/resume"), None).await;
        assert_eq!(resumed.body, nothing, "{path}");
    }
}

#[rstest]
#[case("/phone-numbers/01900000-0000-7000-8000-0000000000ff/pause")]
#[case("/phone-numbers/nonsense/resume")]
#[case("/campaigns/01900000-0000-7000-8000-0000000000ff/pause")]
#[tokio::test]
async fn what_the_organization_does_not_have_is_not_found(#[case] path: &str) {
    let answer = call(&World::new(), Method::POST, path, None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
