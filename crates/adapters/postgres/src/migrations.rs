//! Migrates a database to the schema that this build expects.
//!
//! This module must not know what the tables mean.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource as _};
use diesel::pg::Pg;
use diesel::result::Error as QueryError;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::address::Address;
use crate::connection::{Connection, Suspicion};
use crate::error::StoreError;
use crate::pool::Deadlines;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Identifies the embedded migrations, their order and their text: 16 hexadecimal digits.
///
/// Builds with the same fingerprint create the same schema.
pub const FINGERPRINT: &str = env!("MIGRATIONS_FINGERPRINT");

/// Held while migrations run, so that processes that start together run them one after another.
const ADVISORY_LOCK: i64 = 0x534d_535f_4d49_4752; // "SMS_MIGR"

/// Time limit for all migrations together, including the wait for other processes. Building an index over
/// many rows may take long.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

/// Why a database could not be migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database did not accept a connection, or its address is invalid.
    #[error(transparent)]
    Connect(#[from] StoreError),
    /// A migration or its bookkeeping failed. Earlier migrations stay applied.
    #[error("a migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Applies the migrations that the database at `url` lacks and returns their versions, oldest first.
///
/// Each migration is its own transaction. Concurrent calls, including those of other processes, wait for
/// each other; later ones find nothing to apply.
///
/// # Errors
/// [`MigrationError`]: migrations before the failure stay applied.
pub async fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    let limit = Deadlines::default().connect;
    let address = Address::parse(url).map_err(StoreError::from)?;
    let connection = Connection::open(&address, "", limit, &Arc::new(Suspicion::default())).await?;
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

/// A version that is recorded as applied.
#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// Whether the table of applied migrations exists.
#[derive(diesel::QueryableByName)]
struct Kept {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_kept: bool,
}

/// Compares the database's schema with this program's. A newer schema only logs a warning: migrations only
/// add, so that the previous release keeps working.
///
/// # Errors
/// [`StoreError::SchemaOlder`] if a migration is missing.
pub(crate) async fn compare(connection: &mut AsyncPgConnection) -> Result<(), StoreError> {
    let kept = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS is_kept";
    let kept: Kept = diesel::sql_query(kept).get_result(connection).await?;
    if !kept.is_kept {
        return Err(StoreError::SchemaOlder);
    }
    let applied = "SELECT version FROM __diesel_schema_migrations";
    let applied: Vec<Applied> = diesel::sql_query(applied).load(connection).await?;
    let applied: BTreeSet<String> = applied.into_iter().map(|one| one.version).collect();
    let ours = embedded()?;
    if !ours.is_subset(&applied) {
        return Err(StoreError::SchemaOlder);
    }
    let newer = applied.difference(&ours).count();
    if newer > 0 {
        tracing::warn!(
            migrations = newer,
            "the database's schema is newer than this program: a later release migrated it"
        );
    }
    Ok(())
}

fn embedded() -> Result<BTreeSet<String>, StoreError> {
    let embedded: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS
        .migrations()
        .map_err(|error| StoreError::Query(QueryError::QueryBuilderError(error)))?;
    let versions = embedded.iter();
    Ok(versions
        .map(|migration| migration.name().version().to_string())
        .collect())
}
