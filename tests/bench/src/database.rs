//! The harness's Postgres server and its databases, which are prepared once and cloned for every measurement,
//! so that each starts with the same pages on disk.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use pg_launcher::{EmbeddedPostgres, Options as ServerOptions};
use tokio::task::spawn_blocking;
use tokio_postgres::{Client, NoTls};

use crate::machine::pause;
use crate::options::Options;

/// The running server.
pub(crate) struct Server {
    postgres: EmbeddedPostgres,
    clones: std::sync::atomic::AtomicU32,
}

/// A database that is dropped when the measurement is done with it.
pub(crate) struct Database {
    pub(crate) url: String,
    name: String,
}

impl Server {
    /// Starts a durable server.
    pub(crate) async fn start(options: &Options) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&options.data_dir)?;
        let data_dir = options.data_dir.canonicalize()?;
        let mut server = ServerOptions::new(data_dir.join("postgres"), data_dir.join("cache"));
        server.bin_dir.clone_from(&options.pg_bin_dir);
        server.search_path = std::env::var_os("PATH");
        let postgres = spawn_blocking(move || EmbeddedPostgres::start(&server)).await??;
        let server = Self {
            postgres,
            clones: 0.into(),
        };
        server.check_durability().await?;
        server.drop_leftovers().await?;
        Ok(server)
    }

    /// The folder of Postgres's programs.
    pub(crate) fn programs(&self) -> PathBuf {
        self.postgres.bin_dir().to_path_buf()
    }

    /// The URL of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        self.postgres.url(database)
    }

    /// The server's version and the settings that the numbers depend on.
    pub(crate) async fn described(&self) -> anyhow::Result<String> {
        let admin = self.admin().await?;
        let mut text = format!("PostgreSQL {}", setting(&admin, "server_version").await?);
        for name in [
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "shared_buffers",
        ] {
            let value = setting(&admin, name).await?;
            text = format!("{text}, {name} {value}");
        }
        Ok(text)
    }

    async fn check_durability(&self) -> anyhow::Result<()> {
        let admin = self.admin().await?;
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            if setting(&admin, name).await? != "on" {
                bail!("{name} is not on: the numbers would mean nothing");
            }
        }
        Ok(())
    }

    async fn drop_leftovers(&self) -> anyhow::Result<()> {
        let admin = self.admin().await?;
        let names = "SELECT datname FROM pg_database
                     WHERE datname LIKE 'run\\_%' OR datname LIKE '%\\_unfinished'";
        for row in admin.query(names, &[]).await? {
            let name: String = row.try_get(0)?;
            admin
                .batch_execute(&format!(r#"DROP DATABASE "{name}" WITH (FORCE)"#))
                .await?;
        }
        Ok(())
    }

    /// Whether there is a database of this name.
    pub(crate) async fn has(&self, name: &str) -> anyhow::Result<bool> {
        let found = "SELECT 1 FROM pg_database WHERE datname = $1";
        Ok(!self.admin().await?.query(found, &[&name]).await?.is_empty())
    }

    /// Creates an empty database unless there is one.
    pub(crate) async fn ensure(&self, name: &str) -> anyhow::Result<()> {
        if !self.has(name).await? {
            self.admin()
                .await?
                .batch_execute(&format!(r#"CREATE DATABASE "{name}""#))
                .await?;
        }
        Ok(())
    }

    /// A copy of a database under a name.
    pub(crate) async fn copy(&self, template: &str, name: &str) -> anyhow::Result<()> {
        // Copies files, because copying through the WAL would fill the page cache with log.
        let create =
            format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy"#);
        self.admin().await?.batch_execute(&create).await?;
        Ok(())
    }

    /// Gives a finished database its name.
    pub(crate) async fn rename(&self, from: &str, to: &str) -> anyhow::Result<()> {
        self.leave(from).await?;
        let rename = format!(r#"ALTER DATABASE "{from}" RENAME TO "{to}""#);
        self.admin().await?.batch_execute(&rename).await?;
        Ok(())
    }

    /// Ends the sessions of a database, because a pool closes its sessions some time after it is dropped.
    async fn leave(&self, name: &str) -> anyhow::Result<()> {
        let admin = self.admin().await?;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        while !admin.query(end, &[&name]).await?.is_empty() {
            pause(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// A clone for one measurement, after all earlier writes are flushed.
    pub(crate) async fn clone_of(&self, template: &str) -> anyhow::Result<Database> {
        let number = self
            .clones
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("run_{number}");
        self.copy(template, &name).await?;
        self.settle().await?;
        Ok(Database {
            url: self.url(&name),
            name,
        })
    }

    /// Drops a database.
    pub(crate) async fn drop(&self, database: Database) -> anyhow::Result<()> {
        let drop = format!(r#"DROP DATABASE "{}" WITH (FORCE)"#, database.name);
        self.admin().await?.batch_execute(&drop).await?;
        Ok(())
    }

    /// Flushes dirty pages, so that no measurement pays for the previous one.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        self.admin().await?.batch_execute("CHECKPOINT").await?;
        Ok(())
    }

    async fn admin(&self) -> anyhow::Result<Client> {
        connect(&self.url("postgres")).await
    }

    /// Stops it.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        Ok(spawn_blocking(move || self.postgres.stop()).await??)
    }
}

impl Database {
    /// One number from one statement.
    pub(crate) async fn count(&self, statement: &str) -> anyhow::Result<u64> {
        let client = connect(&self.url).await?;
        let count: i64 = client
            .query_one(statement, &[])
            .await
            .context(statement.to_owned())?
            .try_get(0)?;
        Ok(u64::try_from(count)?)
    }
}

/// Runs statements on a database.
pub(crate) async fn execute(url: &str, statements: &str) -> anyhow::Result<()> {
    Ok(connect(url).await?.batch_execute(statements).await?)
}

/// Connects to a database.
pub(crate) async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends with the client.
    tokio::spawn(connection);
    Ok(client)
}

async fn setting(client: &Client, name: &str) -> anyhow::Result<String> {
    let row = client
        .query_one("SELECT current_setting($1)", &[&name])
        .await?;
    Ok(row.try_get(0)?)
}
