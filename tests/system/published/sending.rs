//! Messages: sent, canceled and listed, and what they cost.

use serde_json::{Value, json};
use sms_domain::ports::Clock as _;

use super::{Caller, id, number};
use crate::LEAD;

const SEND: &str = "POST /sms/send";
const SHOW: &str = "GET /events/sms/{smsEventId}";

pub(super) async fn shows_what_was_sent_and_what_it_cost(caller: &Caller) {
    let conversation = caller.acme.conversation(LEAD).await.to_string();
    let before = number(&wallet(caller).await["balance"]);
    let request = json!({ "conversationId": conversation, "text": "Good morning" });
    let sent = id(&caller.ask(SEND, "", request).await);
    caller.app.deliver().await;
    let shown = caller.ask(SHOW, &sent, Value::Null).await;
    assert_eq!(
        (&shown["status"], &shown["text"]),
        (&json!("delivered"), &json!("Good morning"))
    );
    caller.seen(SEND, SHOW);
    lists(caller, &shown, &conversation).await;
    picture(caller, &conversation).await;
    cancel(caller, &conversation).await;
    money(caller, &sent, before).await;
}

async fn wallet(caller: &Caller) -> Value {
    caller.ask("GET /wallets/me", "", Value::Null).await
}

/// Every list that has a message shows it as it is shown alone.
async fn lists(caller: &Caller, shown: &Value, conversation: &str) {
    let sent = id(shown);
    let all = "POST /events/sms/all/my";
    let mine = caller.row(all, "", &sent).await;
    let lead = shown["leadId"].as_str().unwrap();
    for (list, of) in [
        (all, ""),
        ("POST /events/sms/lead/{leadId}", lead),
        ("POST /events/sms/phone/{phoneNumber}", LEAD),
    ] {
        assert_eq!(caller.row(list, of, &sent).await, *shown, "{list}");
        caller.seen(list, SHOW);
    }
    assert_eq!(mine, *shown);
    caller.seen(SHOW, all);
    let history = "POST /events/conversations/{conversationId}";
    let events = caller.list(history, conversation).await;
    let event = events
        .iter()
        .find(|one| one["relatedEntityId"] == sent.as_str());
    let event = event.unwrap_or_else(|| panic!("{sent} is not in {events:?}"));
    assert_eq!(event["deliveredAt"], shown["deliveredAt"]);
    caller.seen(history, SHOW);
}

/// A file that is uploaded and saved with a draft is shown with it.
async fn picture(caller: &Caller, conversation: &str) {
    let upload = "POST /sms/media";
    let file = caller.upload(upload, "image/gif", b"GIF89a").await;
    let drafts = "POST /sms/drafts";
    let request = json!({
        "conversationId": conversation, "text": "Look", "mediaUrls": [file["url"]],
    });
    let draft = id(&caller.ask(drafts, "", request).await);
    let shown = caller.ask(SHOW, &draft, Value::Null).await;
    let [own, read] = [&file, &shown["media"][0]].map(|of| (&of["url"], &of["sha256"]));
    assert_eq!(own, read);
    caller.seen(upload, SHOW);
}

async fn cancel(caller: &Caller, conversation: &str) {
    let (cancel, overview) = ("POST /sms/{smsEventId}/cancel", "GET /outbound/overview");
    let later = caller.app.clock.now() + chrono::TimeDelta::hours(2);
    let request = json!({ "conversationId": conversation, "text": "Later", "scheduledFor": later });
    let waiting = id(&caller.ask(SEND, "", request).await);
    let scheduled = async || {
        let shown = caller.ask(overview, "", Value::Null).await;
        number(&shown["scheduledCount"])
    };
    assert_eq!(scheduled().await, 1.0);
    caller.seen(overview, SEND);
    caller.ask(cancel, &waiting, Value::Null).await;
    assert_eq!(
        caller.ask(SHOW, &waiting, Value::Null).await["status"],
        "canceled"
    );
    assert_eq!(scheduled().await, 0.0);
    caller.seen(cancel, SHOW);
}

async fn money(caller: &Caller, sent: &str, before: f64) {
    let (usage, summary) = ("POST /usage/all/my", "GET /usage/summary/my");
    let row = caller.row(usage, "", sent).await;
    let charge = number(&row["customerChargeAmount"]);
    assert!(charge > 0.0, "{row}");
    let summed = caller.ask(summary, "", Value::Null).await;
    assert_eq!(number(&summed["customerChargeTotal"]), charge);
    let rows = caller.list(usage, "").await;
    assert_eq!(number(&summed["transactionCount"]), rows.len() as f64);
    caller.seen(usage, summary);
    caller.seen(summary, usage);
    let wallet = wallet(caller).await;
    assert!((number(&wallet["balance"]) - (before - charge)).abs() < 0.000_01);
    caller.seen("GET /wallets/me", usage);
    let keys = "POST /organizations/api-keys/my";
    let keys_of = caller.list(keys, "").await;
    let organization = &wallet["organizationId"];
    assert!(!keys_of.is_empty());
    assert!(
        keys_of
            .iter()
            .all(|key| key["organization"]["id"] == *organization)
    );
    caller.seen(keys, "GET /wallets/me");
}
