//! Reading back: what the fake knows, and how it is shown.

use async_trait::async_trait;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_domain::content::Attachments;
use sms_domain::decision::DecisionRecord;
use sms_domain::message::Status;
use sms_domain::ports::{
    ApiKeyView, ConversationView, ConversationsOf, LastMessage, LeadRowView, LeadsWith, ListPage,
    ListPlace, ListQuery, MOST_READ, MessageView, MessagesOf, ReadModel, SourceView,
    SuppressionEntry, TopUp, TopUpOutcome, Unavailable, Wallet, WalletRepository,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{LeadId, MessageId, OrganizationId, PhoneNumberId};
use sms_testkit::fixtures::{
    conversation_id, lead_id, message, message_id, noon, number_id, organization_id, phone,
};
use uuid::Uuid;

use crate::fake_keys::FakeKeys;
use crate::fakes::{FakeService, World};
use crate::lists::{asked, page};
use crate::operations::call;

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

/// A page with one row.
fn only<T>(row: T) -> ListPage<T> {
    ListPage {
        items: vec![row],
        next: None,
        count: None,
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

    async fn phone_numbers(
        &self,
        organization: OrganizationId,
        _query: &ListQuery,
    ) -> Result<ListPage<PhoneNumberId>, Unavailable> {
        assert_eq!(organization, organization_id());
        Ok(ListPage {
            items: vec![number_id(), PhoneNumberId::new(Uuid::nil())],
            next: None,
            count: Some(2),
        })
    }

    async fn leads(
        &self,
        organization: OrganizationId,
        with: &LeadsWith,
        query: &ListQuery,
    ) -> Result<ListPage<LeadRowView>, Unavailable> {
        assert_eq!(organization, organization_id());
        self.leads
            .lock()
            .unwrap()
            .push((with.clone(), query.clone()));
        Ok(only(crate::people_lists::row()))
    }

    async fn sources(
        &self,
        organization: OrganizationId,
        _query: &ListQuery,
    ) -> Result<ListPage<SourceView>, Unavailable> {
        assert_eq!(organization, organization_id());
        Ok(only(crate::leads::source_view()))
    }

    async fn suppressions(
        &self,
        organization: OrganizationId,
        _query: &ListQuery,
    ) -> Result<ListPage<SuppressionEntry>, Unavailable> {
        assert_eq!(organization, organization_id());
        Ok(only(crate::suppressions::stopped()))
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

#[async_trait]
impl WalletRepository for FakeService {
    async fn wallet(&self, organization: OrganizationId) -> Result<Option<Wallet>, Unavailable> {
        self.up()?;
        Ok(Some(Wallet {
            organization_id: organization,
            organization_name: "Acme Roofing".to_owned(),
            balance: Money::from_micros(25_000_000),
            held: Money::from_micros(20_000),
            created_at: noon(),
        }))
    }

    async fn top_up(&self, _: TopUp) -> Result<TopUpOutcome, Unavailable> {
        unreachable!("no operation puts money in")
    }
}

#[tokio::test]
async fn a_wallet_shows_what_is_left_beside_what_is_held() {
    let answer = call(&World::new(), Method::GET, "/wallets/me", None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["balance"], "25.0000");
    assert_eq!(answer.body["amountRemaining"], "24.9800");
    assert_eq!(answer.body["currency"], "USD");
    assert_eq!(answer.body["balanceCalculatedAt"], json!(noon()));
    assert_eq!(answer.body["expiresAt"], json!(null));
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
async fn numbers_are_listed_as_they_stand_and_without_one_that_was_removed_meanwhile() {
    let answer = page(&World::new(), "/phone-numbers/all/organization", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["id"], json!(number_id()));
    assert_eq!(
        (&items[0]["type"], &items[0]["ownership"]),
        (&json!("local"), &json!("leadping"))
    );
    assert_eq!(
        (&items[0]["enabled"], &items[0]["smsReady"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(items[0]["routingSummary"], "Used for every lead.");
    assert_eq!(items[0]["warmup"]["state"], "Ready");
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
