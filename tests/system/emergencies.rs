//! An emergency that is declared while messages wait.

use clap::Parser as _;
use sms_api::cli::Cli;
use sms_domain::facts::{Consent, ConsentBasis};
use sms_testkit::fixtures::noon;
use sms_tests::TestApp;

use crate::LEAD;

async fn emergencies(app: &TestApp, words: &[&str]) {
    let words = ["sms-api", "emergencies"].iter().chain(words);
    let command = Cli::try_parse_from(words).unwrap().command;
    app.operate(command).await.unwrap();
}

#[tokio::test]
async fn what_waits_for_a_covered_person_is_refused_and_what_does_not_leaves() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let inquiry = Some(Consent::new(ConsentBasis::Inquiry, noon()));
    let georgian = acme
        .conversation_with(LEAD, |lead| lead.consent = inquiry)
        .await;
    let floridian = acme
        .conversation_with("+13055550100", |lead| lead.consent = inquiry)
        .await;
    // An express request exempts.
    let express = acme.conversation("+14045550101").await;
    let mut sent = Vec::new();
    for conversation in [georgian, floridian, express] {
        sent.push(acme.send_text(conversation, "Hello!").await);
    }
    emergencies(&app, &["declare", "GA", "--source", "a proclamation"]).await;
    app.deliver().await;
    let shown = acme.message(&sent[0]).await;
    assert_eq!(shown["status"], "blocked_compliance");
    assert_eq!(shown["complianceAction"], "blocked_emergency");
    for id in &sent[1..] {
        assert_eq!(acme.status(id).await, "delivered");
    }
    let log = app.audit_log().await;
    let id = &log.last().unwrap().entry.target;
    emergencies(&app, &["lift", id]).await;
    let again = acme.send_text(georgian, "Hello again!").await;
    app.deliver().await;
    assert_eq!(acme.status(&again).await, "delivered");
}
