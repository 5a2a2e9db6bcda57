//! How a pipelined transaction begins and commits.
//!
//! This module must not know any table.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use crate::statement::{run, statement};

statement! {
    /// A prepared statement like the others. Sent as plain text it would overtake statements that the
    /// connection has yet to prepare, and those would run outside the transaction and without its locks.
    Commit {} -> ();
    "COMMIT"
}

/// Begins a transaction in which each statement sees what is committed when it starts.
pub(crate) async fn begin(mut connection: &AsyncPgConnection) -> QueryResult<()> {
    connection
        .batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        .await
}

/// Commits behind the statements that are sent already. If one of them failed, Postgres rolls back.
pub(crate) async fn commit(connection: &AsyncPgConnection) -> QueryResult<()> {
    run(connection, Some(Commit {})).await
}
