//! Creates, clones and drops databases on a server, embedded or not.

use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};

/// Time limit for establishing a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// A failed operation on a server's databases.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action}")]
pub struct DatabaseAdminError {
    action: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// An administrative connection: its user may create databases.
pub struct DatabaseAdmin {
    client: Client,
}

impl DatabaseAdmin {
    /// Connects to `url`, which must name an existing database, such as `postgres`.
    ///
    /// # Errors
    /// When the server does not answer or refuses the user.
    pub async fn connect(url: &str) -> Result<Self, DatabaseAdminError> {
        const ACTION: &str = "connect to the server";
        let config: Config = url.parse().map_err(failed(ACTION))?;
        let connected = tokio::time::timeout(CONNECT_LIMIT, config.connect(NoTls)).await;
        let (client, connection) = connected.map_err(failed(ACTION))?.map_err(failed(ACTION))?;
        // The task ends with the client. A connection error surfaces in the client's next statement.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { client })
    }

    /// Acquires the advisory lock `key` of this database, waiting for other sessions to release it.
    /// The lock is held until `self` is dropped.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn lock(&mut self, key: i64) -> Result<(), DatabaseAdminError> {
        self.run(
            "wait for the advisory lock".to_owned(),
            &format!("SELECT pg_advisory_lock({key})"),
        )
        .await
    }

    /// Whether a database of this name exists.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn exists(&self, name: &str) -> Result<bool, DatabaseAdminError> {
        let found = self
            .client
            .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&name])
            .await
            .map_err(failed(format!("look for the database {name}")))?;
        Ok(found.is_some())
    }

    /// The sorted names of the databases whose name starts with `prefix`.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn names_starting_with(
        &mut self,
        prefix: &str,
    ) -> Result<Vec<String>, DatabaseAdminError> {
        let rows = self
            .client
            .query(
                "SELECT datname::text FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname",
                &[&prefix],
            )
            .await
            .map_err(failed("list the databases"))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Creates an empty database, unless one of this name exists.
    ///
    /// # Errors
    /// When the user may not create databases.
    pub async fn ensure(&mut self, name: &str) -> Result<(), DatabaseAdminError> {
        if self.exists(name).await? {
            return Ok(());
        }
        let created = self
            .run(
                format!("create the database {name}"),
                &format!("CREATE DATABASE {}", quoted(name)),
            )
            .await;
        // Another session may have created it in the meantime.
        match created {
            Err(_) if self.exists(name).await? => Ok(()),
            other => other,
        }
    }

    /// Creates the database `name` as a copy of `template`, which must have no connections.
    ///
    /// # Errors
    /// When `name` exists, or `template` does not exist or is in use.
    pub async fn clone_database(
        &mut self,
        template: &str,
        name: &str,
    ) -> Result<(), DatabaseAdminError> {
        self.run(
            format!("clone the database {template} as {name}"),
            &format!(
                "CREATE DATABASE {} TEMPLATE {}",
                quoted(name),
                quoted(template)
            ),
        )
        .await
    }

    /// Renames a database, which must have no connections.
    ///
    /// # Errors
    /// When `from` does not exist or is in use, or `to` exists.
    pub async fn rename(&mut self, from: &str, to: &str) -> Result<(), DatabaseAdminError> {
        self.run(
            format!("rename the database {from} to {to}"),
            &format!("ALTER DATABASE {} RENAME TO {}", quoted(from), quoted(to)),
        )
        .await
    }

    /// Drops a database, if it exists, and terminates the sessions that use it.
    ///
    /// # Errors
    /// When the user may not drop it.
    pub async fn drop_database(&mut self, name: &str) -> Result<(), DatabaseAdminError> {
        self.run(
            format!("drop the database {name}"),
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name)),
        )
        .await
    }

    async fn run(&mut self, action: String, statement: &str) -> Result<(), DatabaseAdminError> {
        self.client
            .batch_execute(statement)
            .await
            .map_err(failed(action))
    }
}

fn failed<E>(action: impl Into<String>) -> impl FnOnce(E) -> DatabaseAdminError
where
    E: std::error::Error + Send + Sync + 'static,
{
    let action = action.into();
    move |source| DatabaseAdminError {
        action,
        source: Box::new(source),
    }
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
