//! `docs/changing-a-rule.md`: its commands are run as they stand there, and print what stands there.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chrono::{DateTime, Utc};
use sms_api::commands::seed::{apply_seed, parse_seed};
use sms_api::wiring::Stores;
use sms_domain::content::Text;
use sms_domain::decision::decide;
use sms_domain::lifecycle::{HistorySource, MessageChange, Trigger};
use sms_domain::message::{Message, Submission};
use sms_domain::ports::FactsRequest;
use sms_domain::values::ids::{ConversationId, LeadId, MessageId, OrganizationId};
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures;
use uuid::Uuid;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/changing-a-rule.md");

/// The tables of the law, which the document calls `tables`.
const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/domain/data");

/// People, and the instants at which they are texted before the change is tried.
const BEFORE: [(&str, &str); 6] = [
    ("+12035550100", "2026-11-30T18:30:00-05:00"),
    ("+12035550101", "2026-11-30T19:10:00-05:00"),
    ("+12125550102", "2026-11-30T19:20:00-05:00"),
    ("+18605550103", "2026-11-30T19:59:00-05:00"),
    ("+18605550104", "2026-11-30T20:10:00-05:00"),
    ("+13055550105", "2026-11-30T19:40:00-05:00"),
];

/// Those who are texted while the candidate judges beside the law in force.
const BESIDE: [(&str, &str); 3] = [
    ("+12035550106", "2026-12-01T19:30:00-05:00"),
    ("+12125550107", "2026-12-01T19:30:00-05:00"),
    ("+12035550108", "2026-12-01T12:00:00-05:00"),
];

const fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

/// A database with an organization and its leads, and a folder.
struct World {
    database: TestDatabase,
    stores: Stores,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let stores = Stores::connect(database.url(), 4).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(TABLES, folder.path().join("tables")).unwrap();
        let world = Self {
            database,
            stores,
            folder,
        };
        world.seed().await;
        for (n, (phone, at)) in (0..).zip(BEFORE) {
            world.send(n, phone, at).await;
        }
        world
    }

    async fn seed(&self) {
        let organization = id(0xA);
        let leads = (0..)
            .zip(BEFORE.into_iter().chain(BESIDE))
            .map(|(n, (phone, _))| {
                let lead = id(0xB00 + n);
                format!(
                    "  - {{ organizationId: {organization}, id: {lead}, phone: '{phone}', consent: \
                 {{ basis: express, at: '2026-11-01T00:00:00Z' }} }}\n"
                )
            });
        let conversations = (0..9_u128).map(|n| {
            let (conversation, lead) = (id(0xC00 + n), id(0xB00 + n));
            format!(
                "  - {{ organizationId: {organization}, id: {conversation}, leadId: {lead} }}\n"
            )
        });
        let seed = format!(
            "organizations:\n  - {{ id: {organization}, name: Acme, kind: live }}\nnumbers:\n  - {{ \
             organizationId: {organization}, id: {}, phone: '+14045550190', registration: approved, \
             account: default }}\ntopUps:\n  - {{ organizationId: {organization}, id: {}, amount: \
             5000000 }}\nleads:\n{}conversations:\n{}",
            id(0xD),
            id(0xE),
            leads.collect::<String>(),
            conversations.collect::<String>(),
        );
        let seed = parse_seed(&seed).unwrap();
        let applied = apply_seed(&self.stores, &seed, &fixtures::operator()).await;
        applied.unwrap();
    }

    /// Takes a message as the API does: loads facts, decides, commits.
    async fn send(&self, n: u128, phone: &str, at: &str) {
        let now: DateTime<Utc> = at.parse().unwrap();
        let organization_id = OrganizationId::new(id(0xA));
        let conversation_id = ConversationId::new(id(0xC00 + n));
        let request = FactsRequest {
            organization_id,
            conversation_id,
            message_id: None,
            idempotency_key: None,
            now,
            must_be_fresh: true,
        };
        let facts = self.stores.facts.load(vec![request]).await.unwrap();
        let context = facts.into_iter().next().unwrap().context.unwrap();
        let submission = Submission::new(
            conversation_id,
            LeadId::new(id(0xB00 + n)),
            fixtures::phone(phone),
            Text::new("Acme: when may we call? Reply STOP to opt out."),
            now,
        );
        let message = MessageId::new(id(0xF00 + n));
        let message = Message::new(organization_id, message, submission, now);
        let decided = decide(&message.submission, &context, now);
        let (trigger, source) = (Trigger::Judged, HistorySource::Api);
        let change = MessageChange::judged(message, trigger, &decided, &context, source, now);
        let committed = self
            .stores
            .messages
            .commit(vec![change.unwrap()])
            .await
            .unwrap();
        assert!(committed.iter().all(Result::is_ok), "{committed:?}");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command as the document has it, in a shell.
    fn command(&self, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_sms-api"));
        let folder = program.parent().unwrap().display().to_string();
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(self.folder.path());
        command.env_clear().env("DATABASE_URL", self.database.url());
        let path = format!("{folder}:{}", inherited.display());
        command.env("PATH", path).env("OPERATOR", "anna");
        command
    }

    fn printed(&self, line: &str) -> Vec<String> {
        let output = self.command(line).output().unwrap();
        let code = output.status.code().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(code < 2 && error.is_empty(), "{line}: {code} {error}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    }

    /// Follows the decisions about messages that are sent meanwhile. The program is killed in between, and started
    /// again.
    async fn followed(&self, line: &str) -> Vec<String> {
        let mut said = Vec::new();
        for (n, (phone, at)) in (6..).zip(BESIDE) {
            let mut child = self.command(&format!("exec {line}"));
            let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut next = || lines.next().unwrap().unwrap();
            said = vec![next()];
            self.send(n, phone, at).await;
            said.push(next());
            end(&mut child, n == 8);
        }
        said
    }
}

/// Kills the program without a warning, the last time interrupts it.
fn end(child: &mut Child, is_last: bool) {
    use rustix::process::{Pid, Signal, kill_process};
    if !is_last {
        child.kill().unwrap();
        child.wait().unwrap();
        return;
    }
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Ids and fingerprints differ from run to run, or from build to build.
fn without_ids(text: &str) -> String {
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let (word, end) = match word.char_indices().last() {
            Some((at, c)) if !(c.is_ascii_alphanumeric() || c == '-') => word.split_at(at),
            _ => (word, ""),
        };
        let is_hex = word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        let is_id = is_hex && matches!(word.len(), 16 | 36);
        plain.push_str(if is_id { "ID" } else { word });
        plain.push_str(end);
    }
    plain
}

/// The document with what its commands print now.
async fn run(world: &World, document: &str) -> String {
    let mut written = String::new();
    let mut lines = document.lines().peekable();
    while let Some(line) = lines.next() {
        written.push_str(&format!("{line}\n"));
        if line == "```yaml" {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let text = text.join("\n");
            std::fs::create_dir_all(world.path("scenarios")).unwrap();
            std::fs::write(world.path("scenarios/connecticut.yaml"), &text).unwrap();
            written.push_str(&format!("{text}\n```\n"));
        }
        if line != "```console" {
            continue;
        }
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
            written.push_str(&format!("$ {command}\n"));
            let printed = if command.starts_with("sms-api rules shadow --") {
                world.followed(command).await
            } else {
                world.printed(command)
            };
            printed
                .iter()
                .for_each(|line| written.push_str(&format!("{line}\n")));
        }
        written.push_str("```\n");
    }
    written
}

#[tokio::test]
async fn the_commands_of_the_document_print_what_stands_there() {
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let world = World::new().await;
    let now = run(&world, &document).await;
    if without_ids(&now) == without_ids(&document) {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(DOCUMENT, &now).unwrap();
    } else {
        for (now, before) in now.lines().zip(document.lines()) {
            assert_eq!(without_ids(now), without_ids(before));
        }
        panic!("{DOCUMENT} is not what is printed: set UPDATE_DOCS=1 and run this again");
    }
}
