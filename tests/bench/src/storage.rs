//! What work costs the store besides time: bytes of its log, and rows that had to be indexed again.

use anyhow::Context as _;

use crate::database::{Database, Server, connect};
use crate::machine::{float, pause};

/// A place in the server's log.
pub(crate) struct LogPosition(String);

const LOG_SINCE: &str = "
    SELECT coalesce(sum(record_size), 0)::bigint
    FROM pg_get_wal_stats($1::text::pg_lsn, pg_current_wal_flush_lsn(), false)";

/// How long a backend may keep counts to itself after its last statement.
const COUNTED_AFTER: std::time::Duration = std::time::Duration::from_millis(1_200);

impl LogPosition {
    /// The end of the log now. `None` where the server lacks `pg_walinspect`.
    pub(crate) async fn now(server: &Server) -> anyhow::Result<Option<Self>> {
        let client = connect(&server.url("postgres")).await?;
        let create = "CREATE EXTENSION IF NOT EXISTS pg_walinspect";
        if client.batch_execute(create).await.is_err() {
            return Ok(None);
        }
        let row = client
            .query_one("SELECT pg_current_wal_flush_lsn()::text", &[])
            .await?;
        Ok(Some(Self(row.try_get(0)?)))
    }

    /// Kilobytes that were logged since for each of so many messages, full-page images apart: those
    /// depend on the time between checkpoints.
    pub(crate) async fn kilobytes_since(
        &self,
        server: &Server,
        messages: u64,
    ) -> anyhow::Result<f64> {
        let client = connect(&server.url("postgres")).await?;
        let row = client.query_one(LOG_SINCE, &[&self.0]).await?;
        let bytes = u64::try_from(row.try_get::<_, i64>(0)?).context("a size of the log")?;
        Ok(float(bytes) / 1000.0 / float(messages.max(1)))
    }
}

/// The share of the updates of messages that were heap-only: they write no index. The database must
/// be a new copy.
pub(crate) async fn heap_only_share(database: &Database) -> anyhow::Result<f64> {
    pause(COUNTED_AFTER).await;
    let updated = "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'messages'";
    let heap_only = "SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'messages'";
    let updated = database.count(updated).await?;
    Ok(float(database.count(heap_only).await?) / float(updated.max(1)))
}
