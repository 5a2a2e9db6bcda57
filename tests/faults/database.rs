//! The database server of one run, which can be stopped in every way that Postgres supports.

use std::sync::Arc;

use anyhow::Context as _;
use pg_launcher::{EmbeddedPostgres, Options};
use sms_application::{Verification, VerifyDecisions};
use sms_domain::law::RuleData;
use sms_postgres::{Audit, Pg, PgConfig};
use tokio::task::spawn_blocking;

use crate::process::sh;

/// The name of the database that the product uses.
const NAME: &str = "sms";

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Sessions are terminated, and everything is written.
    Fast,
    /// Nothing is written; the next start recovers.
    Immediate,
    /// The postmaster is killed, and its children notice.
    Killed,
}

impl Ending {
    pub(crate) const ALL: [Self; 3] = [Self::Fast, Self::Immediate, Self::Killed];

    /// The signal that stops a server in this way.
    const fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
            Self::Killed => "KILL",
        }
    }
}

pub(crate) struct Database {
    options: Options,
    server: Option<EmbeddedPostgres>,
    url: String,
}

impl Database {
    /// Starts a server with a migrated database.
    pub(crate) async fn create(options: Options) -> anyhow::Result<Self> {
        let server = start(options.clone()).await?;
        let url = server.ensure_database(NAME).await?;
        sms_postgres::migrations::migrate(&url).await?;
        Ok(Self {
            options,
            server: Some(server),
            url,
        })
    }

    /// The URL, which stays the same over all restarts.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Starts the server on an existing database.
    pub(crate) async fn open(options: Options) -> anyhow::Result<Self> {
        let server = start(options.clone()).await?;
        let url = server.url(NAME);
        Ok(Self {
            options,
            server: Some(server),
            url,
        })
    }

    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        self.end(Ending::Fast).await
    }

    pub(crate) async fn end(&mut self, ending: Ending) -> anyhow::Result<()> {
        let server = self.server.take().context("the database does not run")?;
        sh(&format!("kill -s {} {}", ending.signal(), server.pid()))?;
        // This only waits: the server has already been told to stop.
        Ok(spawn_blocking(move || server.stop()).await??)
    }

    pub(crate) async fn start(&mut self) -> anyhow::Result<()> {
        self.server = Some(start(self.options.clone()).await?);
        Ok(())
    }

    /// Starts the server unless it runs: a server without disk space for its log exits by itself.
    pub(crate) async fn start_if_ended(&mut self) -> anyhow::Result<()> {
        let pid = self.server.as_ref().map(EmbeddedPostgres::pid);
        let runs = pid.is_some_and(|pid| sh(&format!("kill -s 0 {pid}")).is_ok());
        if runs {
            return Ok(());
        }
        self.server = None;
        self.start().await
    }

    /// Sends a signal to all processes of the server, the postmaster first.
    pub(crate) fn signal_all(&self, signal: &str) -> anyhow::Result<()> {
        let server = self.server.as_ref().context("the database does not run")?;
        let first = server.pid();
        sh(&format!(
            "kill -s {signal} {first} $(cat /proc/{first}/task/{first}/children)"
        ))
    }

    /// Judges all stored decisions again.
    pub(crate) async fn judge_again(&self) -> anyhow::Result<Verification> {
        let rules = RuleData::bundled()?;
        let pg = Pg::connect(&PgConfig::new(&self.url), rules).await?;
        let verify = VerifyDecisions::new(Arc::new(pg), rules);
        Ok(verify.run(None).await?)
    }

    /// Runs the store's audit.
    pub(crate) async fn audit(&self) -> anyhow::Result<Audit> {
        let config = PgConfig::new(&self.url);
        let pg = Pg::connect(&config, RuleData::bundled()?).await?;
        Ok(pg.audit().await?)
    }
}

async fn start(options: Options) -> anyhow::Result<EmbeddedPostgres> {
    Ok(spawn_blocking(move || EmbeddedPostgres::start(&options)).await??)
}
