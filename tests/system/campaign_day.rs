//! The daily limit of a campaign: all its numbers share it, and a message that does not fit leaves from another
//! campaign's number or waits for the next day.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sms_api::system::SystemIds;
use sms_domain::facts::{OrganizationKind, Registration};
use sms_domain::ports::{IdGenerator, Seed, SeedCampaign};
use sms_domain::values::ids::{CampaignId, ConversationId};
use sms_postgres::Audit;
use sms_testkit::fixtures::instant;
use sms_tests::{Surroundings, Tenant, TestApp, message};

use crate::{LEAD, at};

/// Segments that the campaign may send a day.
const SEGMENTS: usize = 6;

/// A day of capacity ends at midnight in Los Angeles, when it is night in Georgia.
const MORNING: &str = "2026-03-04T13:00:00Z";

/// An organization with two numbers, both of one campaign that has a limit unless told otherwise.
async fn scene(differ: impl FnOnce(&mut Surroundings)) -> (TestApp, Tenant) {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        around.add_number(&SystemIds::default());
        differ(around);
    });
    let acme = acme.await;
    let campaign = SeedCampaign {
        organization_id: acme.organization_id,
        id: CampaignId::new(SystemIds::default().uuid()),
        name: "Storm leads".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: Some("C1234567".to_owned()),
        registration: Registration::Approved,
        minute_limit: None,
        daily_limit: u32::try_from(SEGMENTS).ok(),
    };
    let campaigns = vec![campaign];
    acme.seed(Seed {
        campaigns,
        ..Seed::default()
    })
    .await;
    (app, acme)
}

async fn people(acme: &Tenant, count: usize) -> Vec<ConversationId> {
    let people = (0..count).map(|n| format!("+1404555{:04}", 9_000 + n));
    acme.conversations(people).await
}

/// Sends a text of two segments in every conversation, all at once; answers the messages' ids.
async fn send_all(acme: &Tenant, conversations: Vec<ConversationId>) -> Vec<String> {
    let mut senders = tokio::task::JoinSet::new();
    for conversation in conversations {
        let acme = acme.clone();
        senders.spawn(async move {
            let text = format!("To {conversation}: {}", "word ".repeat(30));
            acme.send_text(conversation, &text).await
        });
    }
    senders.join_all().await
}

/// Why and until when the waiting ones of the messages wait.
async fn waits(acme: &Tenant, ids: &[String]) -> Vec<(Value, DateTime<Utc>)> {
    let mut waits = Vec::new();
    for id in ids {
        let shown = acme.message(id).await;
        if shown["status"] == "scheduled" {
            waits.push((shown["scheduledReason"].clone(), at(&shown, "scheduledFor")));
        }
    }
    waits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn messages_that_race_for_a_campaigns_last_segments_get_what_there_is_and_the_others_wait() {
    let (app, acme) = scene(|_| {}).await;
    let ids = send_all(&acme, people(&acme, 20).await).await;

    // A message that lost every race for segments retries a moment later.
    app.advance(TimeDelta::seconds(5));
    app.dispatch().await;
    assert_eq!(app.ledger().len(), SEGMENTS / 2);
    let wait = ("campaign_daily_limit_reached".into(), instant(MORNING));
    assert_eq!(waits(&acme, &ids).await, vec![wait; 20 - SEGMENTS / 2]);

    app.set_time(MORNING);
    app.dispatch().await;
    assert_eq!(app.ledger().len(), SEGMENTS);
    assert_eq!(app.audit().await, Audit::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_campaign_cannot_send_today_leaves_from_another_campaigns_number() {
    let (app, acme) = scene(|around| {
        around.organization.preferred_number_ids = around.numbers.iter().map(|it| it.id).collect();
        around.numbers[1].ten_dlc_campaign_id = Some("C7654321".to_owned());
    })
    .await;
    let conversations = people(&acme, 20).await;
    let numbers = acme.numbers(conversations[0]).await;
    send_all(&acme, conversations).await;
    app.advance(TimeDelta::seconds(5));
    app.dispatch().await;

    let left = acme.number_ids.iter().map(|id| {
        let number = numbers.iter().find(|number| number.id == *id).unwrap();
        let ledger = app.ledger();
        ledger
            .iter()
            .filter(|sms| sms.from == number.phone.as_str())
            .count()
    });
    assert_eq!(left.collect::<Vec<_>>(), [SEGMENTS / 2, 20 - SEGMENTS / 2]);
}

#[tokio::test]
async fn a_preview_and_the_stored_decision_name_the_campaigns_day() {
    let (app, acme) = scene(|_| {}).await;
    send_all(&acme, people(&acme, SEGMENTS / 2).await).await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    let preview = acme.client.post("/sms/preview", &request).await.body;
    let sent = acme.send(&request).await;
    let path = format!("/sms/{}/decision", sent.id());
    let stored = acme.client.get(&path).await.body["decisions"][0].clone();
    assert_eq!(sent.body["scheduledReason"], "campaign_daily_limit_reached");
    for shown in [preview, stored] {
        assert_eq!(shown["reason"], "campaign_daily_limit_reached", "{shown}");
        assert_eq!(at(&shown, "earliestAt"), instant(MORNING));
        let failed = shown["otherNumbers"][0]["failedGates"].to_string();
        assert!(failed.contains("campaign_day"), "{shown}");
    }
    assert_eq!(app.ledger().len(), 0);
}
