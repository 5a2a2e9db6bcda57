//! Sources, leads, conversations and the opt-out list.

use serde_json::{Value, json};

use super::{Caller, id};

fn source(name: &str) -> Value {
    json!({
        "name": name, "allowedStates": [], "allowedProducts": [],
        "defaultTagIds": [], "defaultTagNames": [],
    })
}

pub(super) async fn come_and_are_closed(caller: &Caller) {
    sources(caller).await;
    leads(caller).await;
    suppressions(caller).await;
}

async fn sources(caller: &Caller) {
    let (post, get) = ("POST /sources", "GET /sources/{id}");
    let (all, put, delete) = (
        "POST /sources/all/my",
        "PUT /sources/{id}",
        "DELETE /sources/{id}",
    );
    let (kept, gone) = (
        id(&caller.ask(post, "", source("Website")).await),
        id(&caller.ask(post, "", source("Gone")).await),
    );
    assert_eq!(caller.ask(get, &kept, Value::Null).await["name"], "Website");
    caller.seen(post, get);
    assert_eq!(caller.row(all, "", &kept).await["name"], "Website");
    caller.seen(get, all);
    caller.seen(all, get);
    caller.ask(put, &kept, source("Landing page")).await;
    assert_eq!(
        caller.ask(get, &kept, Value::Null).await["name"],
        "Landing page"
    );
    caller.seen(put, get);
    caller.ask(delete, &gone, Value::Null).await;
    let left = caller.list(all, "").await;
    assert!(left.iter().all(|row| row["id"] != gone.as_str()));
    caller.seen(delete, all);
}

async fn leads(caller: &Caller) {
    let (intake, get, all) = (
        "POST /leads/intake",
        "GET /leads/{id}",
        "POST /leads/all/my",
    );
    let (with_lead, mine) = (
        "POST /conversations/lead/{leadId}",
        "POST /conversations/my",
    );
    let stated = json!({ "firstName": "Bea", "phone": "(404) 555-0155", "state": "Georgia" });
    let taken = caller.ask(intake, "", stated).await;
    let lead = id(&taken);
    let shown = caller.ask(get, &lead, Value::Null).await;
    assert_eq!(shown, taken);
    assert_eq!(shown["contact"]["phone"]["number"], "+14045550155");
    caller.seen(intake, get);
    assert_eq!(caller.row(all, "", &lead).await["id"], lead.as_str());
    caller.seen(get, all);
    caller.seen(all, get);
    let conversation = taken["conversationId"].as_str().unwrap();
    let thread = caller.row(with_lead, &lead, conversation).await;
    assert_eq!(thread, caller.row(mine, "", conversation).await);
    assert_eq!(thread["leadId"], lead.as_str());
    caller.seen(with_lead, mine);
    caller.seen(mine, with_lead);
}

async fn suppressions(caller: &Caller) {
    let (post, check, release) = (
        "POST /suppressions",
        "POST /suppressions/check",
        "POST /suppressions/release",
    );
    let (get, all) = ("GET /suppressions/{id}", "POST /suppressions/all/my");
    let person = json!({
        "organizationId": caller.acme.organization_id.to_string(), "phoneNumber": "+14045550156",
    });
    let made = caller.ask(post, "", person.clone()).await;
    let entry = id(&made);
    assert_eq!(caller.ask(get, &entry, Value::Null).await, made);
    caller.seen(post, get);
    assert_eq!(caller.row(all, "", &entry).await, made);
    caller.seen(get, all);
    caller.seen(all, get);
    let checked = caller.ask(check, "", person.clone()).await;
    assert_eq!(checked["allowed"], false);
    assert_eq!(checked["suppressionEntryId"], entry.as_str());
    caller.seen(check, get);
    caller.ask(release, "", person.clone()).await;
    assert_eq!(
        caller.ask(get, &entry, Value::Null).await["status"],
        "released"
    );
    assert_eq!(caller.ask(check, "", person).await["allowed"], true);
    caller.seen(release, check);
}
