//! Operators' commands about things that do not exist are refused and change nothing. They need only the database.

use sms_api::cli::{Command, KeysCommand, Meaning, ReviewsCommand, SuppressionsCommand};
use sms_domain::ports::Contract;
use sms_tests::{Tenant, TestApp};

use crate::LEAD;

const NOBODY: &str = "01900000-0000-7000-8000-00000000dead";

fn add(organization: &str, phone: &str, number: Option<&str>, campaign: Option<&str>) -> Command {
    Command::Suppressions {
        command: SuppressionsCommand::Add {
            organization: organization.to_owned(),
            phone: phone.to_owned(),
            number: number.map(str::to_owned),
            campaign: campaign.map(str::to_owned),
            reason: "asked".to_owned(),
        },
    }
}

/// Every command that names an organization.
fn of(organization: &str) -> Vec<Command> {
    let owned = || organization.to_owned();
    vec![
        add(organization, LEAD, None, None),
        Command::Suppressions {
            command: SuppressionsCommand::List {
                organization: owned(),
                phone: LEAD.to_owned(),
            },
        },
        Command::Suppressions {
            command: SuppressionsCommand::Release {
                organization: owned(),
                phone: LEAD.to_owned(),
                entry: None,
            },
        },
        Command::Keys {
            command: KeysCommand::Create {
                organization: owned(),
                scopes: Vec::new(),
                test: true,
                expires_in_days: None,
                contract: Contract::Page,
            },
        },
        Command::Keys {
            command: KeysCommand::List {
                organization: owned(),
            },
        },
        Command::Keys {
            command: KeysCommand::Revoke {
                organization: owned(),
                key: NOBODY.to_owned(),
            },
        },
        Command::Reviews {
            command: ReviewsCommand::List {
                organization: Some(owned()),
            },
        },
        Command::Reviews {
            command: ReviewsCommand::Resolve {
                organization: owned(),
                conversation: NOBODY.to_owned(),
                meaning: Meaning::OptOut,
            },
        },
        Command::Retry {
            organization: owned(),
            message: NOBODY.to_owned(),
            force: false,
        },
    ]
}

async fn refusal(app: &TestApp, command: Command) -> String {
    let said = format!("{command:?}");
    let refused = app.operate(command).await;
    format!("{:#}", refused.expect_err(&said))
}

#[tokio::test]
async fn every_command_about_an_organization_that_does_not_exist_is_refused() {
    let app = TestApp::start().await;
    for command in of(NOBODY) {
        let problem = refusal(&app, command).await;
        assert_eq!(problem, format!("there is no organization {NOBODY}"));
    }
    for command in of("acme") {
        let problem = refusal(&app, command).await;
        assert!(
            problem.starts_with("the organization is \"acme\": expected an id"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn what_an_organization_does_not_have_is_refused_by_name() {
    let app = TestApp::start().await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let id = acme.organization_id.to_string();
    let theirs = other.number_ids[0].to_string();
    for (command, expected) in [
        (add(&id, LEAD, Some(NOBODY), None), "has no number"),
        (add(&id, LEAD, Some(&theirs), None), "has no number"),
        (add(&id, LEAD, None, Some(NOBODY)), "has no campaign"),
        (
            add(&id, "+1404555010", None, None),
            "no number of the US or Canada",
        ),
        (
            add(&id, "4045550100", None, None),
            "not a phone number in E.164",
        ),
        (revoke(&acme), "has no key"),
        (resolve(&acme), "has no conversation"),
        (retry(&acme), "has no message"),
        (release(&acme), "has no entry"),
    ] {
        let problem = refusal(&app, command).await;
        assert!(problem.contains(expected), "{expected}: {problem}");
    }
    let own = acme.number_ids[0].to_string();
    app.operate(add(&id, LEAD, Some(&own), None)).await.unwrap();
    app.operate(add(&id, LEAD, None, None)).await.unwrap();
}

fn revoke(tenant: &Tenant) -> Command {
    Command::Keys {
        command: KeysCommand::Revoke {
            organization: tenant.organization_id.to_string(),
            key: NOBODY.to_owned(),
        },
    }
}

fn resolve(tenant: &Tenant) -> Command {
    Command::Reviews {
        command: ReviewsCommand::Resolve {
            organization: tenant.organization_id.to_string(),
            conversation: NOBODY.to_owned(),
            meaning: Meaning::OptOut,
        },
    }
}

fn retry(tenant: &Tenant) -> Command {
    Command::Retry {
        organization: tenant.organization_id.to_string(),
        message: NOBODY.to_owned(),
        force: true,
    }
}

fn release(tenant: &Tenant) -> Command {
    Command::Suppressions {
        command: SuppressionsCommand::Release {
            organization: tenant.organization_id.to_string(),
            phone: LEAD.to_owned(),
            entry: Some(NOBODY.to_owned()),
        },
    }
}
