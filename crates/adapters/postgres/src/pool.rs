//! Connection pools: time limits for getting and for using a connection.
//!
//! This module must not know any table.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Manager, Metrics, Object, RecycleError, RecycleResult, Timeouts};
use diesel_async::AsyncPgConnection;

use crate::address::Address;
use crate::connection::{Connection, InUse, Suspicion};
use crate::error::StoreError;

/// Time limits for the database, enforced on our side because a server that stopped responding enforces none.
/// The server gets the same limits, so that abandoned statements do not run on for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a connection of the pool to become free.
    pub free: Duration,
    /// For opening a connection, including its settings.
    pub connect: Duration,
    /// For one use of a connection for sending, dispatching and receipts: a transaction as a whole.
    pub hot: Duration,
    /// For one use of a connection for anything else.
    pub cold: Duration,
    /// For one use of a connection by an operator's long-running command. The server still ends a single
    /// statement after [`Deadlines::cold`].
    pub patient: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            free: Duration::from_secs(2),
            connect: Duration::from_secs(3),
            hot: Duration::from_secs(5),
            cold: Duration::from_secs(10),
            patient: Duration::from_secs(300),
        }
    }
}

/// Connections with the same settings.
pub(crate) struct Pool {
    connections: managed::Pool<Connections>,
    /// For one use.
    limit: Duration,
}

/// Opens the connections of a pool.
pub(crate) struct Connections {
    pub(crate) address: Arc<Address>,
    /// Statements that run first on each connection.
    pub(crate) setup: String,
    pub(crate) limit: Duration,
    pub(crate) suspicion: Arc<Suspicion>,
}

impl Manager for Connections {
    type Type = Connection;
    type Error = StoreError;

    async fn create(&self) -> Result<Connection, StoreError> {
        Connection::open(&self.address, &self.setup, self.limit, &self.suspicion).await
    }

    // The driver notices a lost connection; a check at each checkout would cost a round trip.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<StoreError> {
        if connection.is_fit() {
            Ok(())
        } else {
            Err(RecycleError::message("not fit for use"))
        }
    }
}

impl Pool {
    /// `size` connections at most, each used for `limit` at most.
    pub(crate) fn new(
        connections: Connections,
        size: usize,
        free: Duration,
        limit: Duration,
    ) -> Result<Self, StoreError> {
        let timeouts = Timeouts {
            wait: Some(free),
            ..Timeouts::new()
        };
        let connections = managed::Pool::builder(connections)
            .max_size(size)
            .timeouts(timeouts)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Connect(Box::new(error)))?;
        Ok(Self { connections, limit })
    }

    /// A connection.
    ///
    /// # Errors
    /// [`StoreError::Connect`] if none becomes free in time, [`StoreError::Unreachable`] if none can be opened.
    pub(crate) async fn get(&self) -> Result<Lent, StoreError> {
        self.get_for(self.limit).await
    }

    /// A connection that may be used for `limit`.
    pub(crate) async fn get_for(&self, limit: Duration) -> Result<Lent, StoreError> {
        let connection = self.connections.get().await;
        let connection = connection.map_err(|error| {
            if let managed::PoolError::Backend(error) = error {
                error
            } else {
                StoreError::Connect(Box::new(error))
            }
        })?;
        Ok(Lent {
            in_use: connection.in_use(limit),
            connection,
        })
    }

    pub(crate) fn status(&self) -> managed::Status {
        self.connections.status()
    }
}

/// A connection in use. Dropping it returns it to the pool; one that exceeded its limit is already closed.
pub(crate) struct Lent {
    // Dropped before the connection: its next use has a deadline of its own.
    in_use: InUse,
    connection: Object<Connections>,
}

impl Deref for Lent {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.connection.postgres
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection.postgres
    }
}

impl Lent {
    /// Closes the connection.
    fn close(self) {
        let Self { in_use, connection } = self;
        drop((in_use, Object::take(connection)));
    }
}

/// A connection on which BEGIN and COMMIT are pipelined with other statements. The pool cannot see an open
/// transaction on it, so a connection that is not [finished](Session::finish) is closed instead of returned.
pub(crate) struct Session(Option<Lent>);

impl Session {
    pub(crate) const fn new(connection: Lent) -> Self {
        Self(Some(connection))
    }

    pub(crate) fn connection(&mut self) -> Result<&mut AsyncPgConnection, StoreError> {
        self.0
            .as_deref_mut()
            .ok_or_else(|| StoreError::Connect("the session is finished".into()))
    }

    /// Returns the connection to the pool: its transaction has ended.
    pub(crate) fn finish(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            connection.close();
        }
    }
}
