//! The contents of the measured databases: organizations, numbers and leads by SQL, and messages by the product's
//! own use case where their rows must look real.

mod sending;

use anyhow::Context as _;
use chrono::TimeDelta;
use uuid::Uuid;

pub(crate) use self::sending::send_text;

use self::sending::Sending;
use crate::clock::{NOON, noon};
use crate::database::{Server, execute};
use crate::options::Options;

/// Incremented when databases that were prepared earlier become unusable.
const EDITION: u32 = 5;

/// Numbers of each organization.
const NUMBERS: u32 = 10;

/// Conversations of the organization that is measured alone.
const ALONE: u32 = 110_000;

/// Messages in an "empty" table: enough for useful statistics.
const FEW: u64 = 2_000;

/// Number of messages that become due at once in the row about stale statistics.
pub(crate) const DUE_AT_ONCE: u32 = 150_000;

/// A text of one segment, with everything that a first message needs.
pub(crate) const TEXT: &str =
    "Acme Roofing: thanks for your inquiry, when may we call you? Reply STOP to opt out.";

/// The prepared databases, by name.
#[derive(Debug, Clone)]
pub(crate) struct Templates {
    /// Hardly any messages.
    pub(crate) empty: String,
    /// Messages that wait in the queue.
    pub(crate) queued: String,
    /// The same, and many scheduled for later.
    pub(crate) large: String,
    /// Many scheduled messages, of which many are due, with stale statistics.
    pub(crate) due: String,
    /// One organization has as many messages as are scheduled.
    pub(crate) listed: String,
    /// One organization has many messages that are to leave at once.
    pub(crate) flood: String,
    /// The same, of messages that were scheduled and have come due.
    pub(crate) bulk_flood: String,
}

/// Which databases are prepared besides the small ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Those with large tables.
    pub(crate) large: bool,
    /// Those in which one organization floods.
    pub(crate) floods: bool,
    /// That in which one organization has very many messages.
    pub(crate) listed: bool,
}

/// The targets of messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Targets {
    organizations: u64,
    shared: u64,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) organization: Uuid,
    pub(crate) conversation: Uuid,
    /// The API key.
    pub(crate) secret: String,
}

impl Targets {
    pub(crate) fn new(options: &Options) -> Self {
        let organizations = u64::from(options.organizations);
        Self {
            organizations,
            shared: organizations * u64::from(options.conversations),
        }
    }

    /// The organization that has very many messages in [`Templates::listed`].
    pub(crate) fn listed() -> Uuid {
        id(1, 0)
    }

    /// The nth of all organizations' conversations, one organization after the other.
    pub(crate) fn shared(self, n: u64) -> Target {
        Self::target(n % self.shared % self.organizations, n % self.shared)
    }

    /// The nth conversation of one of the other organizations.
    pub(crate) fn of_organization(self, organization: u32, n: u64) -> Target {
        self.shared(u64::from(organization) + n * self.organizations)
    }

    /// The nth conversation of the organization that is measured alone.
    pub(crate) fn alone(self, n: u64) -> Target {
        Self::target(self.organizations, self.shared + n % u64::from(ALONE))
    }

    fn target(organization: u64, conversation: u64) -> Target {
        Target {
            organization: id(1, organization),
            conversation: id(4, conversation),
            secret: format!("lp_live_bench_{organization}"),
        }
    }
}

/// The same as `bench_id` in SQL.
fn id(kind: u16, n: u64) -> Uuid {
    let node = n.to_be_bytes();
    let mut clock_and_node = [0x80, 0, 0, 0, 0, 0, 0, 0];
    clock_and_node[2..].copy_from_slice(&node[2..]);
    Uuid::from_fields(0x0190 << 16 | u32::from(kind), 0, 0x7000, &clock_and_node)
}

impl Templates {
    /// Prepares the databases that are not there yet.
    /// Those with large tables take minutes, and are not always wanted.
    pub(crate) async fn prepare(
        server: &Server,
        options: &Options,
        wanted: Wanted,
    ) -> anyhow::Result<Self> {
        let Options {
            organizations,
            conversations,
            queued,
            scheduled,
            flood,
            ..
        } = options;
        let version = sms_postgres::migrations::FINGERPRINT;
        let world = format!("{EDITION}_{version}_{organizations}_{conversations}");
        let templates = Self {
            empty: format!("empty_{world}"),
            queued: format!("queued_{world}_{queued}"),
            large: format!("large_{world}_{queued}_{scheduled}"),
            due: format!("due_{world}_{scheduled}"),
            listed: format!("listed_{world}_{scheduled}"),
            flood: format!("flood_{world}_{flood}"),
            bulk_flood: format!("bulk_{world}_{flood}"),
        };
        templates
            .prepare_empty(server, options)
            .await
            .context("prepare the organizations")?;
        templates
            .prepare_queued(server, options)
            .await
            .context("prepare queued messages")?;
        if wanted.floods {
            templates
                .prepare_floods(server, options)
                .await
                .context("prepare a flood")?;
        }
        if wanted.listed {
            templates
                .prepare_listed(server, options)
                .await
                .context("prepare a long list")?;
        }
        if wanted.large {
            templates
                .prepare_large(server, options)
                .await
                .context("prepare a large table")?;
            templates
                .prepare_due(server, options)
                .await
                .context("prepare what comes due")?;
        }
        Ok(templates)
    }

    async fn prepare_empty(&self, server: &Server, options: &Options) -> anyhow::Result<()> {
        let Some(new) = Unfinished::begin(server, &self.empty, None).await? else {
            return Ok(());
        };
        sms_postgres::migrations::migrate(&new.url).await?;
        execute(
            &new.url,
            &statements(include_str!("../sql/world.sql"), options, 0),
        )
        .await?;
        execute(&new.url, "ANALYZE").await?;
        let later = Some(noon() + TimeDelta::hours(3));
        let system = Sending::new(options, &new.url).await?;
        system
            .send(0..u64::from(options.organizations), later)
            .await?;
        system.send(0..FEW, None).await?;
        // Gives the planner statistics about all tables.
        system.dispatch().await?;
        new.finish(&self.empty, "VACUUM ANALYZE").await
    }

    async fn prepare_queued(&self, server: &Server, options: &Options) -> anyhow::Result<()> {
        let Some(new) = Unfinished::begin(server, &self.queued, Some(&self.empty)).await? else {
            return Ok(());
        };
        let system = Sending::new(options, &new.url).await?;
        system
            .send(FEW..FEW + u64::from(options.queued), None)
            .await?;
        new.finish(&self.queued, "VACUUM ANALYZE").await
    }

    async fn prepare_floods(&self, server: &Server, options: &Options) -> anyhow::Result<()> {
        let soon = Some(noon() + TimeDelta::minutes(5));
        for (name, at) in [(&self.flood, None), (&self.bulk_flood, soon)] {
            let Some(new) = Unfinished::begin(server, name, Some(&self.empty)).await? else {
                continue;
            };
            let system = Sending::new(options, &new.url).await?;
            system.send_alone(u64::from(options.flood), at).await?;
            new.finish(name, "VACUUM ANALYZE").await?;
        }
        Ok(())
    }

    async fn prepare_large(&self, server: &Server, options: &Options) -> anyhow::Result<()> {
        let Some(new) = Unfinished::begin(server, &self.large, Some(&self.queued)).await? else {
            return Ok(());
        };
        execute(
            &new.url,
            &statements(include_str!("../sql/scheduled.sql"), options, 0),
        )
        .await?;
        new.finish(&self.large, "VACUUM ANALYZE").await
    }

    /// The first organization's conversations are every thousandth, if there are a thousand organizations.
    async fn prepare_listed(&self, server: &Server, options: &Options) -> anyhow::Result<()> {
        let Some(new) = Unfinished::begin(server, &self.listed, Some(&self.empty)).await? else {
            return Ok(());
        };
        let script = include_str!("../sql/scheduled.sql")
            .replace("n % :shared", "n % :own * :organizations")
            .replace("bench_id(1, n %% :organizations)", "bench_id(1, 0)")
            .replace(":own", &options.conversations.to_string());
        execute(&new.url, &statements(&script, options, 0)).await?;
        new.finish(&self.listed, "VACUUM ANALYZE").await
    }

    /// No statistics are gathered after the rows are there, nor later by themselves.
    async fn prepare_due(&self, server: &Server, options: &Options) -> anyhow::Result<()> {
        let Some(new) = Unfinished::begin(server, &self.due, Some(&self.empty)).await? else {
            return Ok(());
        };
        execute(
            &new.url,
            "ALTER TABLE messages SET (autovacuum_enabled = false);
             ALTER TABLE due SET (autovacuum_enabled = false)",
        )
        .await?;
        let due = DUE_AT_ONCE.min(options.scheduled);
        execute(
            &new.url,
            &statements(include_str!("../sql/scheduled.sql"), options, due),
        )
        .await?;
        new.finish(&self.due, "CHECKPOINT").await
    }
}

/// A database that gets its final name only once it is complete.
struct Unfinished<'s> {
    server: &'s Server,
    name: String,
    url: String,
}

impl<'s> Unfinished<'s> {
    /// Starts a database; `None` if a complete one exists.
    async fn begin(
        server: &'s Server,
        complete: &str,
        template: Option<&str>,
    ) -> anyhow::Result<Option<Self>> {
        if server.has(complete).await? {
            return Ok(None);
        }
        let name = format!("{complete}_unfinished");
        match template {
            Some(template) => server.copy(template, &name).await?,
            None => server.ensure(&name).await?,
        }
        Ok(Some(Self {
            server,
            url: server.url(&name),
            name,
        }))
    }

    async fn finish(self, name: &str, last: &str) -> anyhow::Result<()> {
        execute(&self.url, last).await?;
        self.server.rename(&self.name, name).await
    }
}

/// A script with its names replaced.
pub(crate) fn statements(script: &str, options: &Options, due: u32) -> String {
    let shared = u64::from(options.organizations) * u64::from(options.conversations);
    [
        (":organizations", options.organizations.to_string()),
        (":numbers", NUMBERS.to_string()),
        (":shared", shared.to_string()),
        (":alone", ALONE.to_string()),
        (":scheduled", options.scheduled.to_string()),
        (":due", due.to_string()),
        (":noon", NOON.to_owned()),
    ]
    .iter()
    .fold(script.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}
