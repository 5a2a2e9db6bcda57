//! Pools of connections: how long one is waited for, and how long it may be used.
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

/// How long we wait for the database. They are ours, since a server that fell silent keeps none of its
/// own; it is told the same ones, so that what we gave up does not go on there for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a connection of the pool to become free.
    pub free: Duration,
    /// For a new connection, its settings included.
    pub connect: Duration,
    /// For one use of a connection for sending, dispatching and receipts: a transaction as a whole.
    pub hot: Duration,
    /// For one use of a connection for anything else.
    pub cold: Duration,
    /// For one use by an operator's command that may have much to do. The server ends a single
    /// statement after [`Deadlines::cold`] all the same.
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

/// How the connections of a pool are made.
pub(crate) struct Connections {
    pub(crate) address: Arc<Address>,
    /// What is run first on each.
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

    // A lost connection is noticed by the driver; asking at each checkout would cost a round trip.
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
    /// [`StoreError::Connect`] when none becomes free in time, [`StoreError::Unreachable`] when none can
    /// be made.
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

/// A connection in use. It goes back to the pool when it is dropped; one whose use took too long is
/// closed by then.
pub(crate) struct Lent {
    // Before the connection: whoever gets it next has a deadline of its own.
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

/// A connection on which we begin and end transactions ourselves, so that these statements travel
/// together with others. The pool cannot see an open transaction then, so a connection that is not
/// [finished](Session::finish) is closed rather than given back.
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

    /// Gives the connection back: its transaction has ended.
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
