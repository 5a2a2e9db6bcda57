//! Sources and leads: what reaches the service, and what comes back.

use async_trait::async_trait;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_application::{
    IntakeError, LeadService, NewSource, SourceError, SourceService, SourceSettings, TakenLead,
};
use sms_domain::facts::{ConsentBasis, Lead, LeadDetails, Source};
use sms_domain::lifecycle::{IntakeFault, IntakeField, LeadIntake};
use sms_domain::ports::{Contract, KeySecret, LeadView, SourceView, Unavailable};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{LeadId, OrganizationId, SourceId};
use sms_domain::values::{Actor, LeadTag};
use sms_testkit::fixtures::{conversation_id, lead_id, noon, organization_id, phone};
use sms_testkit::sequential_uuid;

use crate::fakes::{FakeService, World};
use crate::operations::call;

pub(crate) const SOURCE: SourceId = SourceId::new(sequential_uuid(0x51));

fn view(settings: SourceSettings) -> SourceView {
    SourceView {
        source: Source {
            cost_per_lead: settings.cost_per_lead,
            default_tags: settings.default_tags,
            ..Source::new(organization_id(), SOURCE, settings.name)
        },
        key_prefix: Some("lp_src_0a1b2c3d".to_owned()),
        key_used_at: None,
        organization_name: "Acme Roofing".to_owned(),
        first_lead_at: None,
        last_lead_at: None,
    }
}

pub(crate) fn source_view() -> SourceView {
    let settings = SourceSettings {
        name: "Website".to_owned(),
        description: None,
        is_enabled: None,
        cost_per_lead: Some(Money::from_micros(12_500_000)),
        allowed_states: Vec::new(),
        allowed_products: Vec::new(),
        requires_certificate: None,
        default_tags: Vec::new(),
    };
    view(settings)
}

fn secret() -> KeySecret {
    KeySecret {
        prefix: "lp_src_0a1b2c3d".to_owned(),
        secret: "lp_src_0a1b2c3d_secret".to_owned(),
        hash: [1; 32],
    }
}

#[async_trait]
impl SourceService for FakeService {
    async fn create(
        &self,
        organization: OrganizationId,
        settings: SourceSettings,
        contract: Contract,
        by: &Actor,
    ) -> Result<NewSource, SourceError> {
        assert_eq!(organization, organization_id());
        assert_eq!(by.name, "00000000-0000-0000-0000-000000000001");
        assert_eq!(contract, Contract::Page);
        self.up()?;
        Ok(NewSource {
            view: view(settings),
            secret: Some(secret()),
        })
    }

    async fn update(
        &self,
        _organization: OrganizationId,
        id: SourceId,
        settings: SourceSettings,
        new_key: Option<Contract>,
        _by: &Actor,
    ) -> Result<NewSource, SourceError> {
        if id != SOURCE {
            return Err(SourceError::Unknown);
        }
        Ok(NewSource {
            view: view(settings),
            secret: new_key.map(|_| secret()),
        })
    }

    async fn delete(
        &self,
        _organization: OrganizationId,
        id: SourceId,
        _by: &Actor,
    ) -> Result<(), SourceError> {
        (id == SOURCE).then_some(()).ok_or(SourceError::Unknown)
    }

    async fn find(
        &self,
        _organization: OrganizationId,
        id: SourceId,
    ) -> Result<SourceView, SourceError> {
        (id == SOURCE).then(source_view).ok_or(SourceError::Unknown)
    }
}

fn request() -> Value {
    json!({
        "name": " Website ", "allowedStates": [], "allowedProducts": [], "costPerLead": "12.50",
        "defaultTagIds": ["new lead"], "defaultTagNames": ["New Lead", "Roof"],
    })
}

#[tokio::test]
async fn the_secret_of_a_source_is_shown_when_it_is_made_and_never_again() {
    let world = World::new();
    let made = call(&world, Method::POST, "/sources", Some(request())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(made.body["apiKey"], "lp_src_0a1b2c3d_secret");
    assert_eq!(made.body["name"], "Website");
    assert_eq!(made.body["defaultTagIds"], json!(["new lead", "roof"]));
    let path = format!("/sources/{SOURCE}");
    let shown = call(&world, Method::GET, &path, None).await;
    assert_eq!(shown.body["apiKey"], Value::Null);
    assert_eq!(shown.body["apiKeyPreview"], "lp_src_0a1b2c3d…");
    assert_eq!(shown.body["organization"]["name"], "Acme Roofing");
    let kept = call(&world, Method::PUT, &path, Some(request())).await;
    assert_eq!(kept.body["apiKey"], Value::Null);
    let mut renewed = request();
    renewed["regenerateApiKey"] = true.into();
    let renewed = call(&world, Method::PUT, &path, Some(renewed)).await;
    assert_eq!(renewed.body["apiKey"], "lp_src_0a1b2c3d_secret");
    let gone = call(&world, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_source_that_cannot_be_made_is_refused_field_by_field() {
    let body = json!({
        "name": " ", "allowedStates": "GA", "costPerLead": -1, "apiKey": "mine", "enabled": null,
        "defaultTagIds": [5], "defaultTagNames": [],
    });
    let answer = call(&World::new(), Method::POST, "/sources", Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let errors = answer.body["errors"].as_object().unwrap();
    let mut fields: Vec<_> = errors.keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = [
        "allowedProducts",
        "allowedStates",
        "apiKey",
        "costPerLead",
        "defaultTagIds",
        "enabled",
        "name",
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn an_unknown_source_is_not_found_and_another_id_in_the_body_is_refused() {
    let other = SourceId::new(sequential_uuid(0x52));
    let mut body = request();
    body["id"] = other.to_string().into();
    let path = format!("/sources/{SOURCE}");
    let answer = call(&World::new(), Method::PUT, &path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let path = format!("/sources/{other}");
    for (method, body) in [
        (Method::GET, None),
        (Method::PUT, Some(request())),
        (Method::DELETE, None),
    ] {
        let answer = call(&World::new(), method, &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

/// A lead whom a source knows as `used` has another phone.
#[async_trait]
impl LeadService for FakeService {
    async fn take_in(&self, intake: LeadIntake) -> Result<TakenLead, IntakeError> {
        let own_id = intake.own_id.clone();
        let lead = Lead {
            state: intake.state.clone(),
            postal_code: intake.postal_code.clone(),
            ..Lead::new(intake.organization_id, lead_id(), intake.phone.clone())
        };
        let details = intake.details.clone();
        self.intakes.lock().unwrap().push(intake);
        match own_id.as_deref() {
            Some("used") => Err(IntakeError::Invalid(vec![IntakeFault {
                field: IntakeField::OwnId,
                message: "was used".to_owned(),
            }])),
            Some("closed") => Err(IntakeError::SourceClosed),
            _ => Ok(TakenLead {
                view: lead_view(lead, details),
                is_repeated: own_id.as_deref() == Some("again"),
            }),
        }
    }

    async fn find(
        &self,
        organization: OrganizationId,
        id: LeadId,
    ) -> Result<Option<LeadView>, Unavailable> {
        let lead = Lead::new(organization, id, phone("+14045550100"));
        Ok((id == lead_id()).then(|| lead_view(lead, LeadDetails::default())))
    }
}

fn lead_view(lead: Lead, details: LeadDetails) -> LeadView {
    LeadView {
        lead,
        details,
        is_imported: false,
        created_at: Some(noon()),
        modified_at: None,
        conversation_id: Some(conversation_id()),
        opted_out_at: None,
        opted_in_at: None,
    }
}

fn full_intake() -> Value {
    json!({
        "firstName": " Ann ", "lastName": "", "email": "ann@example.com", "phone": "(404) 555-0142",
        "dateOfBirth": "1980-02-29", "birthDate": "1980-02-29", "state": "Georgia", "zip": "30301",
        "gender": "female", "price": 12.5, "directPostPrice": "3", "sellerLeadId": "s-1",
        "externalId": "x-1", "landingPage": "https://example.com/quote", "tagNames": ["Web"],
        "tagIds": ["web", "new"], "sourceMetadata": { "form": "a" },
        "consent": {
            "basis": "written", "at": "2026-03-03T16:00:00Z", "textShown": "I\nagree",
            "ipAddress": "2001:db8::7", "sellers": ["Acme"],
        },
    })
}

#[tokio::test]
async fn an_intake_reaches_the_use_case_with_every_member_read() {
    let world = World::new();
    let taken = call(&world, Method::POST, "/leads/intake", Some(full_intake())).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    assert_eq!(taken.body["contact"]["phone"]["number"], "+14045550142");
    assert_eq!(taken.body["contact"]["firstName"], "Ann");
    assert_eq!(taken.body["conversationId"], conversation_id().to_string());
    assert_eq!(taken.body["customer"]["gender"], "F");
    assert_eq!(taken.body["customer"]["birthDate"], "1980-02-29");
    let intake = world.service.intakes.lock().unwrap()[0].clone();
    assert_eq!(
        (intake.own_id.as_deref(), intake.source_id),
        (Some("x-1"), None)
    );
    assert_eq!(intake.details.last_name, None);
    assert_eq!(
        intake.details.attribution.price,
        Some(Money::from_micros(12_500_000))
    );
    let tags: Vec<_> = intake.details.tags.iter().map(LeadTag::as_str).collect();
    assert_eq!(tags, ["Web", "new"]);
    let consent = intake.consent.as_ref().unwrap();
    assert_eq!(consent.basis, Some(ConsentBasis::Written));
    assert_eq!(consent.proof.text_shown.as_deref(), Some("I\nagree"));
    assert_eq!(consent.proof.sellers, ["Acme"]);
    let mut again = full_intake();
    again["externalId"] = "again".into();
    let again = call(&world, Method::POST, "/leads/intake", Some(again)).await;
    assert_eq!(
        (again.status, again.replayed.as_deref()),
        (StatusCode::CREATED, Some("true"))
    );
}

#[tokio::test]
async fn an_intake_that_cannot_be_read_is_refused_field_by_field() {
    let body = json!({
        "phone": "404-555-014", "email": "ann", "dateOfBirth": "1980-02-29",
        "birthDate": "1981-01-01", "zip": "30301", "postalCode": "30302", "price": "a lot",
        "landingPage": "example.com", "sourceMetadata": { "a": 1 }, "external_id": "x",
        "consent": { "basis": "sure", "ipAddress": "me" },
    });
    let answer = call(&World::new(), Method::POST, "/leads/intake", Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let errors = answer.body["errors"].as_object().unwrap();
    let mut fields: Vec<_> = errors.keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = [
        "birthDate",
        "consent.basis",
        "consent.ipAddress",
        "email",
        "external_id",
        "landingPage",
        "phone",
        "postalCode",
        "price",
        "sourceMetadata",
    ];
    assert_eq!(fields, expected);
    let message = &errors["phone"][0];
    assert!(
        message.as_str().unwrap().contains("US or Canada"),
        "{message}"
    );
}

#[tokio::test]
async fn faults_of_an_intake_are_named_as_the_request_names_them() {
    for (member, field) in [
        ("externalId", "externalId"),
        ("sellerLeadIdentifier", "sellerLeadIdentifier"),
    ] {
        let body = json!({ "phone": "4045550142", (member): "used" });
        let answer = call(&World::new(), Method::POST, "/leads/intake", Some(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.body["errors"][field], json!(["was used"]));
    }
    let body = json!({ "phone": "4045550142", "externalId": "closed" });
    let answer = call(&World::new(), Method::POST, "/leads/intake", Some(body)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_key_of_a_source_brings_its_leads_and_may_do_nothing_else() {
    let world = World::new();
    let client = world.client();
    let body = json!({ "phone": "4045550142" });
    let as_source = |method: Method, path: &str| {
        client
            .request(method, path)
            .header("authorization", "Bearer source")
    };
    let taken = as_source(Method::POST, "/leads/intake")
        .body_json(&body)
        .send()
        .await;
    taken.assert_status(StatusCode::CREATED);
    let intakes = world.service.intakes.lock().unwrap().clone();
    assert_eq!(intakes[0].source_id, Some(SOURCE));
    for (method, path) in [
        (Method::GET, format!("/leads/{}", lead_id())),
        (Method::GET, format!("/sources/{SOURCE}")),
        (Method::POST, "/sms/send".to_owned()),
    ] {
        let answer = as_source(method, &path).send().await;
        answer.assert_status(StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_lead_is_shown_and_an_unknown_one_is_not_found() {
    let shown = call(
        &World::new(),
        Method::GET,
        &format!("/leads/{}", lead_id()),
        None,
    )
    .await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.body["id"], lead_id().to_string());
    assert_eq!(shown.body["processingStatus"], "Ready");
    assert_eq!(shown.body["metadata"]["smsConsentStatus"], Value::Null);
    let path = format!("/leads/{SOURCE}");
    let unknown = call(&World::new(), Method::GET, &path, None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
