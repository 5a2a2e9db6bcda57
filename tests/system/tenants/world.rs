//! Two organizations with one thing of each kind, and a caller from the first one.

use reqwest::Method;
use serde_json::{Value, json};
use sms_api::system::SystemIds;
use sms_domain::facts::{OrganizationKind, Registration};
use sms_domain::ports::{IdGenerator, Seed, SeedCampaign, SeedSource};
use sms_domain::values::ids::{CampaignId, ConversationId, LeadId, SourceId};
use sms_tests::{Answer, Tenant, TestApp, message};

use super::routes::{Body, Kind, Place, Route};

/// A number without an owner.
const UNKNOWN_PHONE: &str = "+14045550109";

pub(super) struct World {
    mine: Things,
    theirs: Things,
    /// The other organization's message as it was.
    before: Value,
    ids: SystemIds,
    _app: TestApp,
}

/// What an organization has.
struct Things {
    tenant: Tenant,
    message: String,
    conversation: ConversationId,
    campaign: CampaignId,
    source: SourceId,
    lead: LeadId,
    phone: &'static str,
    suppression: String,
    endpoint: String,
    /// A test event of the endpoint.
    event: String,
    number: String,
}

impl World {
    pub(super) async fn build() -> Self {
        let app = TestApp::start().await;
        let ids = SystemIds::default();
        let mine = Things::of(unlimited(&app).await, "+14045550101", &ids).await;
        let theirs = Things::of(unlimited(&app).await, "+14045550102", &ids).await;
        let before = theirs.tenant.message(&theirs.message).await;
        Self {
            mine,
            theirs,
            before,
            ids,
            _app: app,
        }
    }

    /// A thing of the caller's organization; for a message, an unused one.
    pub(super) async fn own(&self, kind: Kind) -> String {
        if matches!(kind, Kind::Message) {
            return self.mine.new_draft().await;
        }
        if matches!(kind, Kind::Endpoint) {
            return new_endpoint(&self.mine.tenant).await;
        }
        self.mine.name(kind)
    }

    pub(super) fn theirs(&self, kind: Kind) -> String {
        self.theirs.name(kind)
    }

    pub(super) fn unknown(&self, kind: Kind) -> String {
        match kind {
            Kind::Phone | Kind::NumberPhone => UNKNOWN_PHONE.to_owned(),
            Kind::Message
            | Kind::Conversation
            | Kind::Number
            | Kind::Campaign
            | Kind::Source
            | Kind::Lead
            | Kind::Organization
            | Kind::Suppression
            | Kind::Endpoint
            | Kind::Event => self.ids.uuid().to_string(),
        }
    }

    /// Sends a request about the caller's own things, with one value replaced.
    pub(super) async fn ask(&self, route: &Route, place: &Place, value: &str) -> Answer {
        let own_conversation = self.mine.conversation.to_string();
        let path = if place.at.starts_with('{') {
            route.path.replace(place.at, value)
        } else {
            let path = route.path.replace("{conversationId}", &own_conversation);
            let path = path.replace("{endpointId}", &self.mine.endpoint);
            path.replace("{phoneNumberId}", &self.mine.name(Kind::Number))
        };
        let method = Method::from_bytes(route.method.to_uppercase().as_bytes()).unwrap();
        let mut request = self.mine.tenant.client.request(method, &path);
        if let Some(mut body) = self.mine.body(route.body) {
            put(&mut body, place, value);
            if let Some(key) = body.pointer_mut("/items/0/outboundIdempotencyKey") {
                *key = format!("{} {value}", place.at).into();
            }
            request = request.json(&body);
        }
        Answer::to(request).await
    }

    /// The path of the caller's own message.
    pub(super) fn own_message(&self) -> String {
        format!("/events/sms/{}", self.mine.message)
    }

    /// Reads what a path shows the caller, and looks for things of the other organization in it.
    pub(super) async fn assert_only_mine(&self, method: &str, path: &str) {
        let client = &self.mine.tenant.client;
        let answer = match method {
            "get" => client.get(path).await,
            _ => client.post(path, &json!({ "pageSize": 200 })).await,
        };
        assert_eq!(answer.status, 200, "{path}");
        let text = answer.body.to_string();
        for kind in Kind::ALL {
            let theirs = self.theirs.name(kind);
            assert!(!text.contains(&theirs), "{path} shows {theirs}");
        }
    }

    pub(super) async fn assert_theirs_is_untouched(&self) {
        let Things {
            tenant,
            message: id,
            conversation,
            ..
        } = &self.theirs;
        assert_eq!(tenant.message(id).await, self.before);
        let path = format!("/phone-numbers/outgoing/conversation/{conversation}");
        let selection = tenant.client.post(&path, &json!({})).await;
        assert_eq!(selection.status, 200);
        assert_eq!(
            selection.body["wasManuallyOverridden"], false,
            "{selection:?}"
        );
    }
}

/// An organization whose answers do not depend on what was sent before.
async fn unlimited(app: &TestApp) -> Tenant {
    app.tenant_of(OrganizationKind::Live, |around| {
        around.organization.policy.default_daily_cap = 0;
    })
    .await
}

/// Sets a place of the body to a value, and removes other names of the same person.
fn put(body: &mut Value, place: &Place, value: &str) {
    if place.at.starts_with('{') {
        return;
    }
    let (parent, name) = place.at.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut);
    let parent = parent.expect("an object to put the value into");
    if matches!(place.kind, Kind::Lead | Kind::Phone) {
        parent.remove("conversationId");
    }
    parent.insert(name.to_owned(), value.into());
}

impl Things {
    async fn of(tenant: Tenant, phone: &'static str, ids: &SystemIds) -> Self {
        let (campaign, source) = (CampaignId::new(ids.uuid()), SourceId::new(ids.uuid()));
        tenant
            .seed(campaign_and_source(&tenant, campaign, source))
            .await;
        let mut lead = None;
        let conversation = tenant
            .conversation_with(phone, |row| lead = Some(row.id))
            .await;
        let draft = tenant
            .client
            .post("/sms/drafts", &message(conversation, "Mine"))
            .await;
        let suppression = tenant.client.post("/suppressions", &closed(&tenant)).await;
        let endpoint = new_endpoint(&tenant).await;
        let test = format!("/webhooks/endpoints/{endpoint}/test");
        let test = tenant.client.post(&test, &json!({})).await;
        let number = tenant.numbers(conversation).await[0].phone.clone();
        Self {
            number: number.as_str().to_owned(),
            suppression: suppression.id(),
            event: test.body["eventId"].as_str().unwrap().to_owned(),
            endpoint,
            message: draft.id(),
            tenant,
            conversation,
            campaign,
            source,
            lead: lead.unwrap(),
            phone,
        }
    }

    async fn new_draft(&self) -> String {
        let request = message(self.conversation, "A draft");
        self.tenant.client.post("/sms/drafts", &request).await.id()
    }

    fn name(&self, kind: Kind) -> String {
        match kind {
            Kind::Message => self.message.clone(),
            Kind::Conversation => self.conversation.to_string(),
            Kind::Number => self.tenant.number_ids[0].to_string(),
            Kind::Campaign => self.campaign.to_string(),
            Kind::Source => self.source.to_string(),
            Kind::Lead => self.lead.to_string(),
            Kind::Phone => self.phone.to_owned(),
            Kind::NumberPhone => self.number.clone(),
            Kind::Organization => self.tenant.organization_id.to_string(),
            Kind::Suppression => self.suppression.clone(),
            Kind::Endpoint => self.endpoint.clone(),
            Kind::Event => self.event.clone(),
        }
    }

    /// A request that is accepted.
    fn body(&self, body: Body) -> Option<Value> {
        let conversation = self.conversation.to_string();
        match body {
            Body::None => None,
            Body::Message => Some(message(self.conversation, "Hello!")),
            Body::Batch => {
                let mut item = message(self.conversation, "Hello!");
                item["outboundIdempotencyKey"] = "k-1".into();
                Some(json!({ "items": [item] }))
            }
            Body::Source => Some(json!({
                "name": "Website", "allowedStates": [], "allowedProducts": [],
                "defaultTagIds": [], "defaultTagNames": [],
            })),
            Body::Person => Some(closed(&self.tenant)),
            Body::Intake => Some(json!({ "phone": "4045550177" })),
            Body::Selection => Some(json!({ "conversationId": conversation })),
            Body::List => Some(json!({})),
            Body::Campaign => Some(json!({ "name": "Spring", "minuteLimit": 60 })),
            Body::Number => Some(json!({ "number": self.number, "name": "Sales" })),
            Body::Override => Some(json!({
                "fromPhoneNumberId": self.tenant.number_ids[0].to_string(),
                "selection": { "conversationId": conversation },
            })),
            Body::Endpoint => Some(endpoint_body()),
            Body::Replay => Some(json!({ "eventId": self.event })),
        }
    }
}

/// A person whom the organization closes.
fn closed(tenant: &Tenant) -> Value {
    let organization = tenant.organization_id.to_string();
    json!({ "organizationId": organization, "phoneNumber": "4045550188" })
}

fn endpoint_body() -> Value {
    json!({ "url": "https://hooks.acme.com/", "events": ["message.status"] })
}

async fn new_endpoint(tenant: &Tenant) -> String {
    let made = tenant
        .client
        .post("/webhooks/endpoints", &endpoint_body())
        .await;
    made.body["endpoint"]["id"].as_str().unwrap().to_owned()
}

fn campaign_and_source(tenant: &Tenant, campaign: CampaignId, source: SourceId) -> Seed {
    Seed {
        campaigns: vec![SeedCampaign {
            organization_id: tenant.organization_id,
            id: campaign,
            name: "Spring".to_owned(),
            brand_id: None,
            ten_dlc_campaign_id: None,
            registration: Registration::Approved,
            minute_limit: None,
            daily_limit: None,
        }],
        sources: vec![SeedSource {
            organization_id: tenant.organization_id,
            id: source,
            name: "Website".to_owned(),
            is_imported: false,
        }],
        ..Seed::default()
    }
}
