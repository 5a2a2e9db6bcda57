//! Reading back: what the fake knows, and how it is shown.

use async_trait::async_trait;
use chrono::TimeDelta;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_domain::content::Attachments;
use sms_domain::decision::DecisionRecord;
use sms_domain::message::Status;
use sms_domain::ports::{
    ApiKeyView, ConversationView, ConversationsOf, LastMessage, ListPage, ListPlace, ListQuery,
    ListValue, MOST_READ, MessageView, MessagesOf, ReadModel, Unavailable,
};
use sms_domain::values::ids::{LeadId, MessageId, OrganizationId};
use sms_testkit::fixtures::{
    conversation_id, lead_id, message, message_id, noon, number_id, organization_id, phone,
};
use uuid::Uuid;

use crate::fakes::{FakeKeys, FakeService, World};
use crate::operations::{Answer, call};

fn view() -> MessageView {
    MessageView {
        message: message(),
        attachments: Attachments::default(),
        lead_name: Some("Ann Lee".to_owned()),
        organization_name: Some("Acme Roofing".to_owned()),
    }
}

fn last((status, text): (Status, Option<&str>)) -> LastMessage {
    LastMessage {
        at: noon(),
        text: text.map(str::to_owned),
        status,
        status_reason: None,
    }
}

fn conversation(last: Option<LastMessage>) -> ConversationView {
    ConversationView {
        id: conversation_id(),
        lead_id: lead_id(),
        lead_name: Some("Ann van Lee".to_owned()),
        lead_phone: phone("+14045550100"),
        is_archived: false,
        active_number: Some(number_id()),
        active_phone: Some(phone("+14045550199")),
        override_number: None,
        last,
    }
}

#[async_trait]
impl ReadModel for FakeService {
    async fn message_view(
        &self,
        organization: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable> {
        assert_eq!(organization, organization_id());
        self.up()?;
        Ok((id == message_id()).then(view))
    }

    async fn messages(
        &self,
        organization: OrganizationId,
        of: &MessagesOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<MessageView>>, Unavailable> {
        assert_eq!(organization, organization_id());
        self.lists.lock().unwrap().push((of.clone(), query.clone()));
        let id = message_id().as_uuid();
        let page = ListPage {
            items: vec![view()],
            next: Some(ListPlace { value: None, id }),
            count: Some(MOST_READ),
        };
        Ok((*of != MessagesOf::Lead(LeadId::new(Uuid::nil()))).then_some(page))
    }

    async fn conversations(
        &self,
        organization: OrganizationId,
        of: ConversationsOf,
        _query: &ListQuery,
    ) -> Result<Option<ListPage<ConversationView>>, Unavailable> {
        assert_eq!(organization, organization_id());
        self.conversations.lock().unwrap().push(of);
        let texts = [(Status::Received, Some("Hi!")), (Status::Failed, None)];
        let mut lasts: Vec<_> = texts.map(last).into_iter().map(Some).collect();
        lasts.push(None);
        let page = ListPage {
            items: lasts.into_iter().map(conversation).collect(),
            next: None,
            count: None,
        };
        Ok((of != ConversationsOf::Lead(LeadId::new(Uuid::nil()))).then_some(page))
    }

    async fn api_keys(
        &self,
        organization: OrganizationId,
        _query: &ListQuery,
    ) -> Result<ListPage<ApiKeyView>, Unavailable> {
        assert_eq!(organization, organization_id());
        let keys = ["everything", "revoked", "expired"].map(|secret| ApiKeyView {
            key: FakeKeys::default().key(secret),
            organization_name: Some("Acme Roofing".to_owned()),
        });
        Ok(ListPage {
            items: keys.into(),
            next: None,
            count: None,
        })
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

const ALL: &str = "/events/sms/all/my";

async fn page(world: &World, path: &str, body: Value) -> Answer {
    call(world, Method::POST, path, Some(body)).await
}

fn asked(world: &World) -> (MessagesOf, ListQuery) {
    world.service.lists.lock().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn a_list_is_asked_by_the_names_of_the_wire_and_goes_on_by_its_token() {
    let world = World::new();
    let since = noon() - TimeDelta::days(31);
    let body = json!({
        "pageSize": "1", "includeCount": true, "search": " Roof ",
        "orderBy": [{ "field": "createdAt", "direction": "asc" }],
        "filters": [{ "field": "status", "value": "failed" }],
        "rangeFilters": [{ "field": "createdAt", "greaterThanOrEqual": since }],
    });
    let first = page(&world, ALL, body.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert_eq!(first.body["items"][0]["id"], message_id().to_string());
    let (size, count) = (&first.body["pageSize"], &first.body["totalCount"]);
    assert_eq!((size, count), (&json!("1"), &json!("10000")));
    let (of, query) = asked(&world);
    assert_eq!(
        (of, query.size, query.counts),
        (MessagesOf::Everybody, 1, true)
    );
    assert!(!query.order.is_descending && query.after.is_none());
    assert_eq!(query.filters[0].value, ListValue::Text("failed".to_owned()));
    let from = query.ranges[0].from.as_ref().unwrap();
    assert_eq!(
        (&from.value, from.is_inclusive),
        (&ListValue::Instant(since), true)
    );
    let search = query.search.unwrap();
    assert_eq!(
        (search.text.as_str(), search.fields),
        ("Roof", vec!["text"])
    );

    let mut next = body;
    next["continuationToken"] = first.body["continuationToken"].clone();
    next["pageSize"] = 1000.into();
    assert_eq!(
        page(&world, ALL, next.clone()).await.body["pageSize"],
        "200"
    );
    let after = asked(&world).1.after.unwrap();
    assert_eq!(after.id, message_id().as_uuid());
    next["filters"] = json!([]);
    let other = page(&world, ALL, next).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert!(other.body["errors"]["continuationToken"].is_array());
}

#[tokio::test]
async fn the_path_says_whose_messages_are_listed() {
    let world = World::new();
    let lead = Uuid::from_u128(7);
    let answer = page(&world, &format!("/events/sms/lead/{lead}"), json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(asked(&world).0, MessagesOf::Lead(LeadId::new(lead)));
    assert!(asked(&world).1.order.is_descending && asked(&world).1.size == 50);
    for number in ["+14045550100", "%2B14045550100", "14045550100"] {
        let answer = page(&world, &format!("/events/sms/phone/{number}"), json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{number}");
        assert_eq!(asked(&world).0, MessagesOf::Phone(phone("+14045550100")));
    }
}

#[tokio::test]
async fn what_a_list_cannot_do_is_refused_by_the_name_of_its_field() {
    let world = World::new();
    let long = noon() - TimeDelta::days(32);
    let of = |field: &str, value: Value| json!({ "filters": [{ "field": field, "value": value }] });
    for (path, body, field) in [
        (ALL, json!({ "pageSize": 0 }), "pageSize"),
        (
            ALL,
            json!({ "orderBy": [{ "field": "status" }] }),
            "orderBy[0].field",
        ),
        (
            ALL,
            json!({ "orderBy": [{ "field": "createdAt", "direction": "up" }] }),
            "orderBy[0].direction",
        ),
        (ALL, of("color", "red".into()), "filters[0].field"),
        (ALL, of("status", "gone".into()), "filters[0].value"),
        (ALL, of("campaignId", 5.into()), "filters[0].value"),
        (ALL, of("errorCode", "a\0b".into()), "filters[0].value"),
        (ALL, of("status", "failed".into()), "rangeFilters"),
        (ALL, json!({ "search": "roof" }), "rangeFilters"),
        (
            ALL,
            json!({ "search": "roof", "searchFields": ["status"] }),
            "searchFields[0]",
        ),
        (
            ALL,
            json!({ "rangeFilters": [{ "field": "createdAt" }] }),
            "rangeFilters[0]",
        ),
        (
            ALL,
            json!({ "rangeFilters": [{ "field": "sentAt", "lessThan": long }] }),
            "rangeFilters[0].field",
        ),
        (
            ALL,
            json!({ "search": "roof", "rangeFilters": [{ "field": "createdAt", "greaterThan": long }] }),
            "rangeFilters",
        ),
        (
            ALL,
            json!({ "continuationToken": "made-up" }),
            "continuationToken",
        ),
        ("/events/sms/lead/me", json!({}), "leadId"),
        (
            "/events/sms/lead/00000000-0000-0000-0000-000000000000",
            json!({}),
            "leadId",
        ),
        ("/events/sms/phone/911", json!({}), "phoneNumber"),
    ] {
        let answer = page(&world, path, body).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{field}: {}",
            answer.body
        );
        assert!(
            answer.body["errors"][field].is_array(),
            "{field}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn api_keys_are_listed_without_their_secrets() {
    let answer = page(&World::new(), "/organizations/api-keys/my", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (items, rest) = (&answer.body["items"], &answer.body["continuationToken"]);
    let enabled: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["enabled"])
        .collect();
    assert_eq!(enabled, [true, false, false]);
    assert_eq!(
        (&items[0]["name"], rest),
        (&json!("everything"), &Value::Null)
    );
    assert_eq!(items[0]["organization"]["name"], "Acme Roofing");
    assert_eq!(items[0]["apiKeyPermissions"][0], "sms:write");
}

#[tokio::test]
async fn conversations_say_whose_turn_it_is() {
    let world = World::new();
    for (path, of) in [
        ("/conversations/my".to_owned(), everybody(Some(false))),
        (
            "/conversations/my?archiveFilter=archived".to_owned(),
            everybody(Some(true)),
        ),
        (
            "/conversations/my?archiveFilter=all".to_owned(),
            everybody(None),
        ),
        (
            format!("/conversations/lead/{}", lead_id()),
            ConversationsOf::Lead(lead_id()),
        ),
    ] {
        let answer = page(&world, &path, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(
            world.service.conversations.lock().unwrap().last(),
            Some(&of)
        );
        let items = answer.body["items"].as_array().unwrap();
        let shown = |name: &str| items.iter().map(|row| row[name].clone()).collect::<Value>();
        assert_eq!(shown("status"), json!(["needs_reply", "failed", "open"]));
        assert_eq!(shown("lastSnippet"), json!(["Hi!", null, null]));
        let names = (&items[0]["firstName"], &items[0]["lastName"]);
        assert_eq!(names, (&json!("Ann"), &json!("van Lee")));
        assert_eq!(items[0]["phoneNumber"]["value"], "+14045550199");
    }
}

const fn everybody(is_archived: Option<bool>) -> ConversationsOf {
    ConversationsOf::Everybody { is_archived }
}

#[tokio::test]
async fn what_happened_in_a_conversation_is_listed_from_the_beginning() {
    let world = World::new();
    let path = format!("/events/conversations/{}", conversation_id());
    let answer = page(&world, &path, json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (of, query) = asked(&world);
    assert_eq!(of, MessagesOf::Conversation(conversation_id()));
    assert!(!query.order.is_descending);
    let event = &answer.body["items"][0];
    assert_eq!(event["description"], "Thanks for your inquiry!");
    let kind = (
        &event["eventType"],
        &event["timelineType"],
        &event["status"],
    );
    assert_eq!(
        kind,
        (&json!("sms.outbound"), &json!("Sms"), &json!("Pending"))
    );
}

#[tokio::test]
async fn a_conversation_list_is_refused_by_the_name_of_what_is_wrong() {
    let world = World::new();
    for (path, field) in [
        ("/conversations/my?archiveFilter=old", "archiveFilter"),
        ("/conversations/lead/me", "leadId"),
        (
            "/conversations/lead/00000000-0000-0000-0000-000000000000",
            "leadId",
        ),
        ("/events/conversations/me", "conversationId"),
    ] {
        let answer = page(&world, path, json!({})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body["errors"][field].is_array(), "{}", answer.body);
    }
}
