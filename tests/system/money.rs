//! The wallet: what is set aside, charged and given back.

use sms_domain::billing::Money;
use sms_domain::decision::OrganizationKind;
use sms_tests::{TestApp, message};

use crate::LEAD;

#[tokio::test]
async fn an_empty_wallet_blocks_and_a_later_payment_lets_the_message_be_sent() {
    let app = TestApp::start().await;
    let poor = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.balance = Money::ZERO
        })
        .await;
    let conversation = poor.conversation(LEAD).await;
    let request = message(conversation, "Hello!");
    let blocked = poor.send(&request).await;
    assert_eq!(blocked.status, 201);
    assert_eq!(blocked.body["status"], "blocked_billing");
    assert_eq!(blocked.body["errorCode"], "wallet_insufficient");
    assert_eq!(blocked.body["billingStatus"], "blocked_due_to_billing");

    poor.top_up(Money::from_micros(20_000)).await;
    let mut again = request.clone();
    again["smsEventId"] = blocked.id().into();
    assert_eq!(poor.send(&again).await.body["status"], "queued");
    app.deliver().await;
    assert_eq!(poor.status(&blocked.id()).await, "delivered");
    assert_eq!(poor.wallet(conversation).await.balance, Money::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_sends_never_spend_more_than_there_is() {
    let app = TestApp::start().await;
    let poor = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.balance = Money::from_micros(60_000);
        })
        .await;
    let mut sends = tokio::task::JoinSet::new();
    for lead in 0..8 {
        let poor = poor.clone();
        sends.spawn(async move {
            let conversation = poor.conversation(&format!("+140455501{lead:02}")).await;
            poor.send(&message(conversation, "Hello!")).await
        });
    }
    let answers = sends.join_all().await;
    let with = |status: &str| {
        let with = answers
            .iter()
            .filter(|answer| answer.body["status"] == status);
        with.count()
    };
    assert_eq!((with("queued"), with("blocked_billing")), (3, 5));
    app.deliver().await;
    assert_eq!(app.ledger().len(), 3);
}
