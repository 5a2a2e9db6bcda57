//! Lists of others, from the imported file to the decision.

use clap::Parser as _;
use sms_api::cli::Cli;
use sms_domain::facts::OrganizationKind;
use sms_tests::{Tenant, TestApp, message};

use crate::LEAD;

/// Imports a list under a date near the clock of the machine, which the command reads.
async fn import(app: &TestApp, tenant: &Tenant, list: &str, text: &str, more: &[&str]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let organization = tenant.organization_id.to_string();
    let path = file.path().display().to_string();
    let words = [
        "sms-api",
        "scrubs",
        "import",
        list,
        &path,
        "--organization",
        &organization,
    ];
    let command = Cli::try_parse_from(words.iter().chain(more))
        .unwrap()
        .command;
    app.operate(command).await.unwrap();
}

#[tokio::test]
async fn who_is_on_the_national_list_is_not_solicited_and_nobody_is_without_a_list() {
    let app = TestApp::start().await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.scrub_national_dnc = true;
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let blocked = acme.send(&message(conversation, "Hello!")).await;
    assert_eq!(
        blocked.body["complianceAction"],
        "blocked_national_dnc_not_scrubbed"
    );
    let as_of = ["--as-of", "2026-03-01"];
    import(
        &app,
        &acme,
        "national-dnc",
        "404,5550199\n404,5560100\n",
        &as_of,
    )
    .await;
    let sent = acme.send(&message(conversation, "Hello again!")).await;
    assert_eq!(sent.body["status"], "queued");
    import(&app, &acme, "national-dnc", "404,5550100\n", &as_of).await;
    let blocked = acme.send(&message(conversation, "Still there?")).await;
    assert_eq!(
        blocked.body["complianceAction"],
        "blocked_national_dnc_listed"
    );
    // What waited is stopped by the new list.
    app.deliver().await;
    assert_eq!(acme.status(&sent.id()).await, "blocked_compliance");
    assert!(app.ledger().is_empty());
}
