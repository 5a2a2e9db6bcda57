//! Every command is known to be on the audit log or to have no place there, and those that have one leave
//! the entries that are said of them.

use chrono::TimeDelta;
use clap::{CommandFactory as _, Parser as _};
use serde_json::json;
use sms_api::cli::Cli;
use sms_domain::facts::{ConsentBasis, ConsentProof, ConsentRecord};
use sms_domain::ports::{AuditAction, AuditRecord, Seed};
use sms_domain::values::ids::{ConversationId, LeadId};
use sms_testkit::fixtures;
use sms_tests::{Tenant, TestApp};

use crate::LEAD;

/// What a command leaves in the audit log.
enum Leaves {
    /// These entries.
    Entries(&'static [AuditAction]),
    /// None, for a reason.
    Nothing(&'static str),
}

use AuditAction::{
    ConsentRevoked, DecisionsExported, EmergencyDeclared, EmergencyLifted, KeyCreated, KeyRevoked,
    MoneyAdded, NumberSeeded, OrganizationSeeded, Paused, Resumed, ReviewResolved, ScrubImported,
    SuppressionAdded, SuppressionReleased,
};
use Leaves::{Entries, Nothing};

const COMMANDS: [(&str, Leaves); 38] = [
    ("audit list", Nothing("reads")),
    ("consents list", Nothing("reads")),
    ("consents revoke", Entries(&[ConsentRevoked])),
    ("dev", Nothing("its demo is a seed, its key a created key")),
    ("emergencies declare", Entries(&[EmergencyDeclared])),
    ("emergencies lift", Entries(&[EmergencyLifted])),
    ("emergencies list", Nothing("reads")),
    (
        "events match",
        Nothing("what the carrier reports is in the message's history"),
    ),
    ("keys create", Entries(&[KeyCreated])),
    ("keys list", Nothing("reads")),
    ("keys revoke", Entries(&[KeyRevoked])),
    ("keywords explain", Nothing("reads")),
    ("migrate", Nothing("changes no data of an organization")),
    ("openapi", Nothing("reads")),
    ("pause", Entries(&[Paused])),
    ("resume", Entries(&[Resumed])),
    (
        "retry",
        Nothing("the message's history has it, the ledger its money"),
    ),
    ("reviews list", Nothing("reads")),
    ("reviews resolve", Entries(&[ReviewResolved])),
    ("rules check", Nothing("reads")),
    ("rules diff", Nothing("reads")),
    ("rules explain", Nothing("reads")),
    ("rules export", Entries(&[DecisionsExported])),
    ("rules list", Nothing("reads")),
    ("rules replay", Nothing("reads")),
    ("rules shadow report", Nothing("reads")),
    ("rules test", Nothing("reads")),
    ("rules verify", Nothing("reads")),
    ("scrubs import national-dnc", Entries(&[ScrubImported])),
    ("scrubs import reassigned", Entries(&[ScrubImported])),
    ("scrubs list", Nothing("reads")),
    (
        "seed",
        Entries(&[
            OrganizationSeeded,
            NumberSeeded,
            MoneyAdded,
            SuppressionAdded,
        ]),
    ),
    (
        "serve",
        Nothing("what people and the carrier do is in the list itself"),
    ),
    ("suppressions add", Entries(&[SuppressionAdded])),
    ("suppressions list", Nothing("reads")),
    ("suppressions release", Entries(&[SuppressionReleased])),
    ("wallets top-up", Entries(&[MoneyAdded])),
    (
        "worker",
        Nothing("what people and the carrier do is in the list itself"),
    ),
];

/// The program's commands as people type them.
fn commands(parent: &clap::Command, before: &str) -> Vec<String> {
    let of = |command: &clap::Command| {
        let name = format!("{before}{}", command.get_name());
        if command.has_subcommands() {
            commands(command, &format!("{name} "))
        } else {
            vec![name]
        }
    };
    let shown = parent.get_subcommands().filter(|one| !one.is_hide_set());
    shown.flat_map(of).collect()
}

#[test]
fn every_command_is_known_to_leave_an_entry_or_none() {
    let mut all = commands(&Cli::command(), "");
    all.sort();
    let known: Vec<_> = COMMANDS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(all, known);
    for (name, leaves) in &COMMANDS {
        match leaves {
            Entries(actions) => assert!(!actions.is_empty(), "{name}"),
            Nothing(reason) => assert!(!reason.is_empty(), "{name}"),
        }
    }
}

const CONSENT: &str = "01900000-0000-7000-8000-0000000000c1";

/// An organization with one of everything that commands change.
struct World {
    app: TestApp,
    acme: Tenant,
    conversation: ConversationId,
    seed: tempfile::NamedTempFile,
    list: tempfile::NamedTempFile,
    folder: tempfile::TempDir,
}

/// A consent on record of the conversation's lead.
fn consent(acme: &Tenant, lead_id: LeadId) -> ConsentRecord {
    ConsentRecord {
        organization_id: acme.organization_id,
        id: CONSENT.parse().unwrap(),
        lead_id,
        basis: ConsentBasis::Written,
        at: fixtures::noon() - TimeDelta::days(1),
        proof: ConsentProof::default(),
        recorded_by: None,
        recorded_at: None,
        revoked: None,
    }
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let acme = app.tenant().await;
        let conversation = acme.conversation(LEAD).await;
        let number = acme.numbers(conversation).await[0].phone.clone();
        app.text_in(LEAD, number.as_str(), "not interested").await;
        acme.seed(Seed {
            consents: vec![consent(&acme, acme.lead(conversation).await)],
            ..Seed::default()
        })
        .await;
        let seed = tempfile::NamedTempFile::new().unwrap();
        let id = "01900000-0000-7000-8000-0000000000f1";
        let other = json!({
            "organizations": [{ "id": id, "name": "Other", "kind": "live" }],
            "numbers": [{
                "organizationId": id, "id": id, "phone": "+14045550777",
                "registration": "approved", "account": "simulator",
            }],
            "topUps": [{ "organizationId": id, "id": id, "amount": 5 }],
            "suppressions": [{ "organizationId": id, "id": id, "phone": "+14045550778" }],
        });
        std::fs::write(seed.path(), other.to_string()).unwrap();
        Self {
            app,
            acme,
            conversation,
            seed,
            list: tempfile::NamedTempFile::new().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The words of a command.
    async fn words(&self, name: &str) -> Vec<String> {
        let organization = self.acme.organization_id.to_string();
        let arguments = match name {
            "keys create" => vec![organization],
            "keys revoke" => vec![organization, self.last(KeyCreated).await],
            "reviews resolve" => vec![
                organization,
                self.conversation.to_string(),
                "something-else".to_owned(),
            ],
            "consents revoke" => vec![
                organization,
                CONSENT.to_owned(),
                "--channel".to_owned(),
                "call".to_owned(),
            ],
            "scrubs import national-dnc" => self.list(&["--as-of", "2026-01-31"]),
            "scrubs import reassigned" => self.answers(),
            "emergencies declare" => ["NY", "--source", "a proclamation"]
                .map(str::to_owned)
                .to_vec(),
            "emergencies lift" => vec![self.last(EmergencyDeclared).await],
            "seed" => vec![self.seed.path().display().to_string()],
            "suppressions add" | "suppressions release" => vec![organization, LEAD.to_owned()],
            "pause" | "resume" => vec![organization],
            "rules export" => {
                let out = self.folder.path().join("cases").display().to_string();
                ["--since", "2026-01-01", "--out", &out]
                    .map(str::to_owned)
                    .to_vec()
            }
            "wallets top-up" => [organization.as_str(), "12.5", "--reference", "transfer 7"]
                .map(str::to_owned)
                .to_vec(),
            other => panic!("the test does not know how to run {other}"),
        };
        let words = name.split(' ').map(str::to_owned);
        std::iter::once("sms-api".to_owned())
            .chain(words)
            .chain(arguments)
            .collect()
    }

    fn list(&self, more: &[&str]) -> Vec<String> {
        self.import("404,5550100\n", more)
    }

    fn answers(&self) -> Vec<String> {
        self.import(&format!("{LEAD},2026-01-01,2026-02-01,no\n"), &[])
    }

    fn import(&self, text: &str, more: &[&str]) -> Vec<String> {
        std::fs::write(self.list.path(), text).unwrap();
        let file = self.list.path().display().to_string();
        let organization = [
            "--organization".to_owned(),
            self.acme.organization_id.to_string(),
        ];
        let more = more.iter().map(|word| (*word).to_owned());
        std::iter::once(file)
            .chain(organization)
            .chain(more)
            .collect()
    }

    /// The target of the last such action.
    async fn last(&self, action: AuditAction) -> String {
        let records = self.app.audit_log().await;
        let made = records.iter().rev().find(|one| one.entry.action == action);
        made.unwrap().entry.target.clone()
    }

    /// Runs a command, and answers what it left.
    async fn run(&self, name: &str) -> Vec<AuditRecord> {
        let before = self.app.audit_log().await.len();
        let words = self.words(name).await;
        let command = Cli::try_parse_from(words).unwrap().command;
        self.app.operate(command).await.unwrap();
        self.app.audit_log().await.split_off(before)
    }
}

#[tokio::test]
async fn every_changing_command_leaves_its_entries_with_who_made_it_and_from_where() {
    let world = World::new().await;
    for (name, leaves) in &COMMANDS {
        let Entries(expected) = leaves else { continue };
        let left = world.run(name).await;
        let actions: Vec<_> = left.iter().map(|record| record.entry.action).collect();
        assert_eq!(actions, *expected, "{name}");
        for record in &left {
            let actor = &record.entry.actor;
            assert!(
                actor.name.contains("uid ") && !actor.origin.is_empty(),
                "{name}"
            );
            assert!(record.entry.before.is_some() || record.entry.after.is_some());
            let shown = format!("{record:?}");
            assert!(
                !shown.contains(LEAD) && !shown.contains("+1404555077"),
                "{shown}"
            );
        }
    }
}
