//! What Postgres achieves on this machine: pgbench, run beside the product's measurements. If it is not
//! installed, a loop of ours with one connection per client makes the same inserts.
//!
//! There are two limits. One inserts a message row of November 2026, with its checks, foreign key and indexes,
//! and does nothing else that an accept does; it is frozen, so that ratios of different releases compare. The
//! other inserts a minimal message row with one index, which no product can match.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::database::{Server, connect, execute};
use crate::machine::float;
use crate::options::Options;
use crate::world;

/// The row that each transaction inserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// The yardstick's message.
    Message,
    /// A minimal message: organization, id, recipient, text.
    Least,
}

const LEAST_TABLE: &str = "CREATE TABLE IF NOT EXISTS least_rows (
    organization_id uuid NOT NULL, id uuid NOT NULL, recipient text NOT NULL, body text NOT NULL,
    status text NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (organization_id, id))";

const INSERT_LEAST: &str = "INSERT INTO least_rows
    (organization_id, id, recipient, body, status, created_at) VALUES
    ('01900001-0000-7000-8000-000000000001', gen_random_uuid(), '+14043200032',
     'Acme Roofing: thanks for your inquiry, when may we call you? Reply STOP to opt out.',
     'queued', '2026-03-03T17:05:00Z')";

/// What a run of clients achieved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Achieved {
    pub(crate) per_second: f64,
    pub(crate) mean_ms: f64,
}

/// Runs the clients.
pub(crate) struct Limit<'s> {
    server: &'s Server,
    /// `None` = not installed.
    pgbench: Option<PathBuf>,
    folder: PathBuf,
    /// The tables of the yardstick and of least rows.
    url: String,
    insert_message: String,
}

impl<'s> Limit<'s> {
    pub(crate) async fn prepare(server: &'s Server, options: &Options) -> anyhow::Result<Self> {
        let Options {
            organizations,
            conversations,
            ..
        } = options;
        let name = format!("yardstick_{organizations}_{conversations}");
        if !server.has(&name).await? {
            let unfinished = format!("{name}_unfinished");
            server.ensure(&unfinished).await?;
            let tables = world::statements(include_str!("../sql/yardstick.sql"), options, 0);
            execute(
                &server.url(&unfinished),
                &format!("{tables}; {LEAST_TABLE}"),
            )
            .await?;
            server.rename(&unfinished, &name).await?;
        }
        let path = server.programs().join("pgbench");
        Ok(Self {
            server,
            pgbench: path.exists().then_some(path),
            folder: options.data_dir.clone(),
            url: server.url(&name),
            insert_message: world::statements(include_str!("../sql/yardstick_row.sql"), options, 0),
        })
    }

    /// How the limit is measured.
    pub(crate) const fn described(&self) -> &'static str {
        match self.pgbench {
            Some(_) => "pgbench, prepared statements",
            None => "no pgbench beside Postgres: a loop of our own with prepared statements",
        }
    }

    /// One-row inserts, each committed.
    pub(crate) async fn inserts(
        &self,
        row: Row,
        clients: usize,
        span: Duration,
    ) -> anyhow::Result<Achieved> {
        let (url, insert) = (&self.url, self.insert(row));
        execute(url, "TRUNCATE yardstick.messages, least_rows").await?;
        self.server.settle().await?;
        if self.pgbench.is_some() {
            return self.script(url, &format!("{insert};"), clients, span).await;
        }
        own_loop(url, insert, clients, span).await
    }

    fn insert(&self, row: Row) -> &str {
        match row {
            Row::Message => &self.insert_message,
            Row::Least => INSERT_LEAST,
        }
    }

    /// A script of pgbench's.
    pub(crate) async fn script(
        &self,
        url: &str,
        script: &str,
        clients: usize,
        span: Duration,
    ) -> anyhow::Result<Achieved> {
        let pgbench = self
            .pgbench
            .as_ref()
            .context("pgbench is not installed beside Postgres")?;
        let file = self.folder.join("script.sql");
        tokio::fs::write(&file, script).await?;
        let output = Command::new(pgbench)
            .args(["--no-vacuum", "--protocol=prepared"])
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={}", clients.min(2)))
            .arg(format!("--time={}", span.as_secs()))
            .arg("--file")
            .arg(&file)
            .arg(url)
            .output()
            .await?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(Achieved {
            per_second: value(&text, "tps = ")?,
            mean_ms: value(&text, "latency average = ")?,
        })
    }
}

fn value(text: &str, name: &str) -> anyhow::Result<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let line = line.with_context(|| format!("no {name:?} in the answer of pgbench"))?;
    Ok(line.split_whitespace().next().unwrap_or_default().parse()?)
}

async fn own_loop(
    url: &str,
    insert: &str,
    clients: usize,
    span: Duration,
) -> anyhow::Result<Achieved> {
    let begin = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (url, insert) = (url.to_owned(), insert.to_owned());
        running.spawn(async move {
            let client = connect(&url).await?;
            let insert = client.prepare(&insert).await?;
            let mut count = 0_u64;
            while begin.elapsed() < span {
                client.execute(&insert, &[]).await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(client) = running.join_next().await {
        count += client??;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let clients = float(u64::try_from(clients)?);
    Ok(Achieved {
        per_second: float(count) / seconds,
        mean_ms: clients * seconds * 1000.0 / float(count.max(1)),
    })
}
