//! The numbers of an organization: what reaches the service, and how a number is shown.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use sms_application::{FieldError, NumberSettings, OwnNumber, OwnNumberError, OwnNumberService};
use sms_domain::ports::{
    NumberHistory, NumberList, OverviewRepository, QueueOverview, RegisteredNumber, Unavailable,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use sms_testkit::fixtures::{message, noon, number, number_id, org, organization_id};

use crate::fakes::{FakeService, World};
use crate::operations::call;

const PHONE: &str = "+14045550199";

fn list() -> NumberList {
    let org = org();
    let number = RegisteredNumber {
        facts: number(),
        name: None,
        created_at: Some(noon()),
        modified_at: None,
        is_paused: false,
    };
    NumberList {
        organization_id: org.organization_id,
        organization_name: org.name,
        kind: org.kind,
        capacity_zone: org.policy.capacity_zone,
        is_paused: false,
        numbers: vec![number],
    }
}

fn own(id: PhoneNumberId) -> Result<OwnNumber, OwnNumberError> {
    let mut list = list();
    let numbers = std::mem::take(&mut list.numbers);
    let found = numbers.into_iter().find(|number| number.facts.id == id);
    found
        .map(|number| (list, number))
        .ok_or(OwnNumberError::Unknown)
}

#[async_trait]
impl OwnNumberService for FakeService {
    async fn list(&self, organization: OrganizationId) -> Result<NumberList, OwnNumberError> {
        assert_eq!(organization, organization_id());
        self.up()?;
        Ok(list())
    }

    async fn show(
        &self,
        _: OrganizationId,
        id: PhoneNumberId,
    ) -> Result<OwnNumber, OwnNumberError> {
        own(id)
    }

    async fn register(
        &self,
        _: OrganizationId,
        settings: NumberSettings,
        _: Actor,
    ) -> Result<OwnNumber, OwnNumberError> {
        if settings.phone.as_str() != PHONE {
            let taken = FieldError {
                field: "number",
                message: "is registered elsewhere".to_owned(),
            };
            return Err(OwnNumberError::Invalid(vec![taken]));
        }
        self.settings.lock().unwrap().push(settings);
        own(number_id())
    }

    async fn update(
        &self,
        _: OrganizationId,
        id: PhoneNumberId,
        settings: NumberSettings,
        _: Actor,
    ) -> Result<OwnNumber, OwnNumberError> {
        self.settings.lock().unwrap().push(settings);
        own(id)
    }

    async fn remove(
        &self,
        _: OrganizationId,
        id: PhoneNumberId,
        by: Actor,
    ) -> Result<(), OwnNumberError> {
        assert_eq!(by.name, "00000000-0000-0000-0000-000000000001");
        own(id).map(drop)
    }

    async fn history(
        &self,
        number: (OrganizationId, PhoneNumberId),
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<NumberHistory, Unavailable> {
        assert_eq!(number, (organization_id(), number_id()));
        assert!(to - from <= TimeDelta::days(14));
        Ok(NumberHistory {
            sent: vec![(noon(), 3)],
            events: Vec::new(),
        })
    }
}

#[async_trait]
impl OverviewRepository for FakeService {
    async fn queue(&self, organization: OrganizationId) -> Result<QueueOverview, Unavailable> {
        assert_eq!(organization, organization_id());
        Ok(QueueOverview {
            scheduled: 7,
            recent: vec![message()],
        })
    }
}

#[tokio::test]
async fn an_overview_shows_the_numbers_and_what_waits() {
    let answer = call(&World::new(), Method::GET, "/outbound/overview", None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["healthyPhoneNumbers"], "1");
    // The number has no limit.
    assert_eq!(answer.body["smsCapacityRemainingToday"], Value::Null);
    assert_eq!(answer.body["phoneNumbers"][0]["phoneNumber"], PHONE);
    assert_eq!(answer.body["scheduledCount"], "7");
    let shown = &answer.body["recentDecisions"][0];
    assert_eq!(
        (&shown["channel"], &shown["source"]),
        (&json!("sms"), &json!("api"))
    );
}

fn request() -> Value {
    json!({ "number": PHONE, "name": " Sales " })
}

#[tokio::test]
async fn a_number_is_shown_with_what_is_known_of_it() {
    let path = format!("/phone-numbers/{}", number_id());
    let answer = call(&World::new(), Method::GET, &path, None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["number"], PHONE);
    assert_eq!(answer.body["name"], "(404) 555-0199");
    assert_eq!(answer.body["organization"]["name"], "Acme Roofing");
    assert_eq!(answer.body["warmup"]["state"], "Ready");
    assert_eq!(answer.body["phoneIdentityId"], Value::Null);
}

#[tokio::test]
async fn registering_and_changing_hand_over_the_settings() {
    let world = World::new();
    let created = call(&world, Method::POST, "/phone-numbers", Some(request())).await;
    assert_eq!(created.status, StatusCode::OK);
    let path = format!("/phone-numbers/{}", number_id());
    let mut disabled = request();
    disabled["enabled"] = false.into();
    let changed = call(&world, Method::PUT, &path, Some(disabled)).await;
    assert_eq!(changed.status, StatusCode::OK);
    let settings = world.service.settings.lock().unwrap();
    assert_eq!(
        (settings[0].name.as_str(), settings[0].is_enabled),
        ("Sales", None)
    );
    assert_eq!(settings[1].is_enabled, Some(false));
}

#[rstest]
#[case(json!({ "number": "+14045550198", "name": "x" }), "number")]
#[case(json!({ "number": "404", "name": "x" }), "number")]
#[case(json!({ "number": PHONE }), "name")]
#[case(json!({ "number": PHONE, "name": "x".repeat(256) }), "name")]
#[case(json!({ "number": PHONE, "name": "x", "enabled": "yes" }), "enabled")]
#[case(json!({ "number": PHONE, "name": "x", "id": number_id() }), "id")]
#[case(
    json!({ "number": PHONE, "name": "x", "organizationId": number_id() }),
    "organizationId"
)]
#[tokio::test]
async fn a_fault_names_its_field(#[case] body: Value, #[case] field: &str) {
    let answer = call(&World::new(), Method::POST, "/phone-numbers", Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["errors"][field].is_array(), "{}", answer.body);
}

#[tokio::test]
async fn a_removed_number_is_answered_with_nothing() {
    let path = format!("/phone-numbers/{}", number_id());
    let answer = call(&World::new(), Method::DELETE, &path, None).await;
    assert_eq!(
        (answer.status, answer.body),
        (StatusCode::NO_CONTENT, json!(""))
    );
    let other = "/phone-numbers/01900000-0000-7000-8000-0000000000ff";
    for method in [Method::GET, Method::DELETE] {
        let answer = call(&World::new(), method, other, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_status_is_found_by_number_and_by_id_and_counts_the_days_that_are_asked_for() {
    let world = World::new();
    let by_number = format!("/phone-numbers/%2B{}/status?windowDays=3", &PHONE[1..]);
    let by_id = format!("/phone-numbers/{}/warmup?startDate=2026-03-01", number_id());
    for path in [by_number, by_id] {
        let answer = call(&world, Method::GET, &path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let traffic = &answer.body["trafficMetrics"];
        assert_eq!(traffic["windowStartedAt"], "2026-03-01T00:00:00Z");
        assert_eq!(traffic["trend"].as_array().unwrap().len(), 3);
        assert_eq!(traffic["smsSentCount"], "3");
        assert_eq!(answer.body["smsWarmup"]["status"], "Ready");
    }
}

#[rstest]
#[case("/phone-numbers/+14045550198/status", "phoneNumber")]
#[case("/phone-numbers/nonsense/status", "phoneNumber")]
#[case("/phone-numbers/nonsense/warmup", "phoneNumberId")]
#[case("/phone-numbers/+14045550199/status?windowDays=15", "windowDays")]
#[case("/phone-numbers/+14045550199/status?windowDays=x", "windowDays")]
#[case("/phone-numbers/+14045550199/status?endDate=3.3.2026", "endDate")]
#[case("/phone-numbers/+14045550199/status?startDate=2026-02-01", "startDate")]
#[case("/phone-numbers/+14045550199/status?startDate=2026-03-09", "startDate")]
#[tokio::test]
async fn what_cannot_be_counted_names_the_value(#[case] path: &str, #[case] field: &str) {
    let answer = call(&World::new(), Method::GET, path, None).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["errors"][field].is_array(), "{}", answer.body);
}
