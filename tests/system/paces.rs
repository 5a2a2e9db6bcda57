//! The rate limit of a campaign, from the schedule to the carrier: messages that become due together leave one
//! after the other.

use chrono::TimeDelta;
use serde_json::json;
use sms_api::system::SystemIds;
use sms_domain::facts::{OrganizationKind, Registration};
use sms_domain::ports::{IdGenerator, Seed, SeedCampaign};
use sms_domain::values::ids::CampaignId;
use sms_tests::{Tenant, TestApp, message};

/// Messages a minute.
const PACE: usize = 6;

async fn scene() -> (TestApp, Tenant) {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        around.add_number(&SystemIds::default());
    });
    let acme = acme.await;
    let campaign = SeedCampaign {
        organization_id: acme.organization_id,
        id: CampaignId::new(SystemIds::default().uuid()),
        name: "Storm leads".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: Some("C1234567".to_owned()),
        registration: Registration::Approved,
        minute_limit: u32::try_from(PACE).ok(),
        daily_limit: None,
    };
    let campaigns = vec![campaign];
    acme.seed(Seed {
        campaigns,
        ..Seed::default()
    })
    .await;
    (app, acme)
}

#[tokio::test]
async fn messages_that_come_due_together_leave_at_their_campaigns_pace() {
    let (app, acme) = scene().await;
    let people = (0..2 * PACE).map(|n| format!("+1404555{:04}", 9_000 + n));
    for conversation in acme.conversations(people).await {
        let mut request = message(conversation, "Good morning!");
        request["scheduledFor"] = json!("2026-03-03T18:00:00.000Z");
        assert_eq!(acme.send(&request).await.body["status"], "scheduled");
    }
    app.set_time("2026-03-03T18:00:00Z");
    let mut left = Vec::new();
    for _ in 0..130 {
        app.dispatch().await;
        left.push(app.ledger().len());
        app.advance(TimeDelta::seconds(1));
    }
    let before = |second: usize| second.checked_sub(60).map_or(0, |second| left[second]);
    let most = (0..left.len())
        .map(|second| left[second] - before(second))
        .max();
    assert_eq!(most, Some(PACE), "{left:?}");
    assert_eq!(left.last(), Some(&(2 * PACE)), "all of them leave");
}
