//! Reading back: what the fake knows, and how it is shown.

use async_trait::async_trait;
use poem::http::{Method, StatusCode};
use serde_json::json;
use sms_domain::content::Attachments;
use sms_domain::decision::DecisionRecord;
use sms_domain::ports::{MessageView, ReadModel, Unavailable};
use sms_domain::values::ids::{MessageId, OrganizationId};
use sms_testkit::fixtures::{message, message_id, organization_id};

use crate::fakes::{FakeService, World};
use crate::operations::call;

#[async_trait]
impl ReadModel for FakeService {
    async fn message_view(
        &self,
        organization: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable> {
        assert_eq!(organization, organization_id());
        self.up()?;
        Ok((id == message_id()).then(|| MessageView {
            message: message(),
            attachments: Attachments::default(),
            lead_name: Some("Ann Lee".to_owned()),
            organization_name: Some("Acme Roofing".to_owned()),
        }))
    }

    async fn decisions(
        &self,
        organization: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable> {
        assert_eq!(organization, organization_id());
        Ok((id == message_id()).then(Vec::new))
    }
}

#[tokio::test]
async fn a_message_is_read_back_with_its_names() {
    let path = format!("/events/sms/{}", message_id());
    let answer = call(&World::new(), Method::GET, &path, None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["id"], message_id().to_string());
    assert_eq!(answer.body["lead"]["name"], "Ann Lee");
    assert_eq!(answer.body["organizationName"], "Acme Roofing");
    assert_eq!(answer.body["direction"], "outbound");
    assert_eq!(answer.body["toPhoneNumber"], "+14045550100");
}

#[tokio::test]
async fn decisions_are_shown() {
    let path = format!("/sms/{}/decision", message_id());
    let answer = call(&World::new(), Method::GET, &path, None).await;
    assert_eq!(
        answer.body,
        json!({ "smsEventId": message_id(), "decisions": [] })
    );
}
