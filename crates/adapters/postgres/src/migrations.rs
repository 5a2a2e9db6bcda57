//! Brings a database to the schema that this build expects.
//!
//! It knows the embedded migrations and nothing of what the tables mean.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{Connection, Suspicion};
use crate::error::StoreError;
use crate::pool::Deadlines;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Identifies the set of embedded migrations, their order and their text: 16 hexadecimal digits.
///
/// Two builds with the same fingerprint make the same schema.
pub const FINGERPRINT: &str = env!("MIGRATIONS_FINGERPRINT");

/// Held while migrations run, so that processes which start together take turns.
const ADVISORY_LOCK: i64 = 0x534d_535f_4d49_4752; // "SMS_MIGR"

/// For all migrations together, the wait for others who migrate included. An index over many rows may
/// take long.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

/// Why a database could not be migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database did not accept a connection.
    #[error("cannot connect to the database to migrate it")]
    Connect(#[source] StoreError),
    /// A migration, or the bookkeeping around it, was refused. Migrations before it stay applied.
    #[error("a migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Applies the migrations that the database at `url` lacks and returns their versions, oldest first.
///
/// Each migration is its own transaction. Concurrent calls, also from other processes, wait for each
/// other; the later ones find nothing to do.
///
/// # Errors
/// [`MigrationError`]: what was applied before the failure stays.
pub async fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    let limit = Deadlines::default().connect;
    let connection = Connection::open(url, "", limit, &Arc::new(Suspicion::default())).await;
    let connection = connection.map_err(MigrationError::Connect)?;
    // diesel's migration harness is synchronous.
    tokio::task::spawn_blocking(move || migrate_blocking(connection))
        .await
        .map_err(|panicked| MigrationError::Failed(panicked.into()))?
}

fn migrate_blocking(connection: Connection) -> Result<Vec<String>, MigrationError> {
    let (connection, _in_use) = connection.into_used(LONGEST);
    let mut connection: AsyncConnectionWrapper<AsyncPgConnection> = connection.into();
    connection
        .batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
        .map_err(|error| MigrationError::Failed(error.into()))?;
    // The end of the session releases the lock.
    let applied = connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(MigrationError::Failed)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}
