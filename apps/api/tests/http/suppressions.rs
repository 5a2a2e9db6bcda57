//! The opt-out list: what reaches the service, and what comes back.

use async_trait::async_trait;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_application::{PersonRequest, ReleaseError, SuppressionService};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::ports::{SuppressionEntry, Unavailable};
use sms_domain::values::ids::{OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;
use sms_testkit::fixtures::{noon, organization_id, phone};
use sms_testkit::sequential_uuid;

use crate::fakes::{FakeService, World};
use crate::operations::call;

const ENTRY: SuppressionId = SuppressionId::new(sequential_uuid(0x61));

/// The person whose own text closed everything.
const STOPPED: &str = "+14045550143";

fn entry(person: &PhoneNumber, source: SuppressionSource) -> SuppressionEntry {
    SuppressionEntry {
        organization_id: organization_id(),
        id: ENTRY,
        phone: person.clone(),
        scope: SuppressionScope::Organization,
        source,
        reason: Some("asked".to_owned()),
        recipient: None,
        created_at: noon(),
        created_by: None,
        released_at: None,
        released_by: None,
        release_reason: None,
    }
}

/// The entry of the person whose own text closed everything.
pub(crate) fn stopped() -> SuppressionEntry {
    entry(&phone(STOPPED), SuppressionSource::Inbound)
}

#[async_trait]
impl SuppressionService for FakeService {
    async fn suppress(&self, person: PersonRequest) -> Result<SuppressionEntry, Unavailable> {
        self.up()?;
        Ok(SuppressionEntry {
            reason: person.reason,
            recipient: person.recipient,
            created_by: Some(format!("key {}", person.by.name)),
            ..entry(&person.phone, SuppressionSource::Operator)
        })
    }

    async fn release(&self, person: PersonRequest) -> Result<SuppressionEntry, ReleaseError> {
        if person.phone.as_str() == STOPPED {
            let theirs = entry(&person.phone, SuppressionSource::Inbound);
            return Err(ReleaseError::NotOurs(Box::new(theirs)));
        }
        Ok(SuppressionEntry {
            released_at: Some(noon()),
            released_by: Some(format!("key {}", person.by.name)),
            release_reason: person.reason,
            ..entry(&person.phone, SuppressionSource::Operator)
        })
    }

    async fn closed_by(
        &self,
        _organization: OrganizationId,
        phone: &PhoneNumber,
    ) -> Result<Option<SuppressionEntry>, Unavailable> {
        let is_closed = phone.as_str() == STOPPED;
        Ok(is_closed.then(|| entry(phone, SuppressionSource::Inbound)))
    }

    async fn find(
        &self,
        _organization: OrganizationId,
        id: SuppressionId,
    ) -> Result<Option<SuppressionEntry>, Unavailable> {
        let person = phone("+14045550100");
        Ok((id == ENTRY).then(|| entry(&person, SuppressionSource::Provider)))
    }
}

fn about(number: &str) -> Value {
    json!({
        "organizationId": organization_id(), "phoneNumber": number, "channel": "SMS",
        "reason": "asked by phone", "recipientIdentifier": "crm-7",
    })
}

#[tokio::test]
async fn a_person_is_closed_and_released_with_who_and_why() {
    let world = World::new();
    let body = Some(about("(404) 555-0142"));
    let closed = call(&world, Method::POST, "/suppressions", body.clone()).await;
    assert_eq!(closed.status, StatusCode::CREATED, "{}", closed.body);
    assert_eq!(closed.body["normalizedPhoneNumber"], "+14045550142");
    assert_eq!(closed.body["source"], "api");
    assert_eq!(closed.body["status"], "active");
    assert_eq!(closed.body["reason"], "asked by phone");
    assert_eq!(closed.body["recipientIdentifier"], "crm-7");
    assert_eq!(
        closed.body["audit"][0]["safeMetadata"]["scope"],
        "organization"
    );
    let released = call(&world, Method::POST, "/suppressions/release", body).await;
    assert_eq!(released.status, StatusCode::OK);
    assert_eq!(released.body["status"], "released");
    assert_eq!(released.body["audit"][1]["source"], "api");
    assert_eq!(released.body["audit"][1]["reason"], "asked by phone");
}

#[tokio::test]
async fn what_the_person_closed_is_not_released_and_the_answer_says_who_can() {
    let path = "/suppressions/release";
    let answer = call(&World::new(), Method::POST, path, Some(about(STOPPED))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let message = answer.body["errors"]["phoneNumber"][0].as_str().unwrap();
    assert!(message.contains("by texting START"), "{message}");
}

#[tokio::test]
async fn a_check_says_what_closes_the_person() {
    for (number, allowed) in [("4045550142", true), (STOPPED, false)] {
        let path = "/suppressions/check";
        let answer = call(&World::new(), Method::POST, path, Some(about(number))).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["allowed"], allowed);
        assert_eq!(answer.body["channel"], "SMS");
        let source = if allowed {
            Value::Null
        } else {
            json!("inbound")
        };
        assert_eq!(answer.body["source"], source);
    }
}

#[tokio::test]
async fn an_entry_is_shown_and_an_unknown_one_is_not_found() {
    let shown = call(
        &World::new(),
        Method::GET,
        &format!("/suppressions/{ENTRY}"),
        None,
    )
    .await;
    assert_eq!(shown.body["source"], "provider");
    assert_eq!(shown.body["audit"].as_array().unwrap().len(), 1);
    let path = format!("/suppressions/{}", organization_id());
    let unknown = call(&World::new(), Method::GET, &path, None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_suppressed_is_refused_field_by_field() {
    let body = json!({
        "organizationId": ENTRY, "phoneNumber": "none", "email": "ann@example.com",
        "channel": "email", "reason": "x".repeat(201),
    });
    let answer = call(&World::new(), Method::POST, "/suppressions", Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let errors = answer.body["errors"].as_object().unwrap();
    let mut fields: Vec<_> = errors.keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = [
        "channel",
        "email",
        "organizationId",
        "phoneNumber",
        "reason",
    ];
    assert_eq!(fields, expected);
}
