//! One connection to Postgres: how it is opened, and how it is closed when the peer stops responding.
//!
//! A frozen host, or a proxy that no longer forwards, sends nothing at all, so timeouts of the server do not
//! help. A deadline on our side runs while a connection is in use. A connection that misses it is closed,
//! which fails every pending operation, including a COMMIT.
//!
//! This module must not know any table.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::address::Address;
use crate::dial::{Driven, dial};
use crate::error::{Cause, ConnectError, StoreError};

/// Interval between deadline checks, and so the precision of deadlines.
const LOOK: Duration = Duration::from_millis(250);

/// Time limit for the orderly close of a discarded connection.
const FAREWELL: Duration = Duration::from_secs(1);

/// A connection with its deadline.
pub(crate) struct Connection {
    pub(crate) postgres: AsyncPgConnection,
    made_at: u64,
    watch: Arc<Watch>,
    suspicion: Arc<Suspicion>,
    /// Dropping it tells the driving task to close the connection.
    needed: oneshot::Sender<()>,
}

impl Connection {
    /// Opens a connection and runs `setup` on it, both within `limit`, including name lookup, handshakes and
    /// all ways that are tried.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub(crate) async fn open(
        address: &Address,
        setup: &str,
        limit: Duration,
        suspicion: &Arc<Suspicion>,
    ) -> Result<Self, StoreError> {
        let made = timeout(limit, Self::establish(address, setup, suspicion)).await;
        let cause = match made {
            Ok(Ok(made)) => return Ok(made),
            Ok(Err(cause)) => cause,
            Err(_) => Cause::Overdue(limit),
        };
        let at = address.at.clone();
        Err(ConnectError { at, cause }.into())
    }

    async fn establish(
        address: &Address,
        setup: &str,
        suspicion: &Arc<Suspicion>,
    ) -> Result<Self, Cause> {
        let made_at = now();
        let (client, driven) = dial(address).await?;
        let (needed, farewell) = oneshot::channel();
        let watch = Arc::new(Watch::default());
        tokio::spawn(drive(
            driven,
            Arc::clone(&watch),
            Arc::clone(suspicion),
            farewell,
        ));
        let mut postgres = AsyncPgConnection::try_from(client)
            .await
            .map_err(|error| Cause::Setup(error.into()))?;
        let ready = postgres.batch_execute(setup).await;
        ready.map_err(|error| Cause::Setup(error.into()))?;
        Ok(Self {
            postgres,
            made_at,
            watch,
            suspicion: Arc::clone(suspicion),
            needed,
        })
    }

    /// Starts the deadline of one use; dropping the value ends it.
    pub(crate) fn in_use(&self, limit: Duration) -> InUse {
        self.watch.start(limit);
        InUse(Arc::clone(&self.watch))
    }

    /// The bare connection, usable for at most `limit` and while the other value lives.
    pub(crate) fn into_used(self, limit: Duration) -> (AsyncPgConnection, impl Send) {
        let in_use = self.in_use(limit);
        (self.postgres, (in_use, self.needed))
    }

    /// Whether the connection may be reused: it is open, in no transaction, and was opened after the last
    /// connection to the same server stopped responding.
    pub(crate) fn is_fit(&mut self) -> bool {
        !self.postgres.is_broken() && self.suspicion.allows(self.made_at)
    }
}

/// Drives the connection until it ends, is no longer needed, or misses a deadline. Dropping it closes the
/// socket.
async fn drive(
    mut driven: Driven,
    watch: Arc<Watch>,
    suspicion: Arc<Suspicion>,
    mut needed: oneshot::Receiver<()>,
) {
    let mut look = interval(LOOK);
    // Time in which this process was suspended does not count against the server.
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            ended = &mut driven => {
                if let Err(error) = ended {
                    tracing::warn!(%error, "a database connection was lost");
                }
                return;
            }
            _ = &mut needed => break,
            _ = look.tick() => {
                if watch.is_overdue() {
                    suspicion.raise();
                    tracing::warn!("a database connection missed its deadline and was closed");
                    metrics::counter!("sms_store_connections_silent_total").increment(1);
                    return;
                }
            }
        }
    }
    // The client was dropped, so this ends once the termination message is written; a dead peer never reads it.
    let _ = timeout(FAREWELL, driven).await;
}

/// Number of checks until the deadline of the current use.
struct Watch(AtomicU32);

/// The connection is not in use.
const IDLE: u32 = u32::MAX;

impl Default for Watch {
    fn default() -> Self {
        Self(AtomicU32::new(IDLE))
    }
}

impl Watch {
    fn start(&self, limit: Duration) {
        let looks = limit.as_millis().div_ceil(LOOK.as_millis());
        let looks = u32::try_from(looks).unwrap_or(IDLE).min(IDLE - 1);
        self.0.store(looks, Ordering::Relaxed);
    }

    fn is_overdue(&self) -> bool {
        let less = |left| (left != IDLE).then(|| u32::saturating_sub(left, 1));
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            == Ok(0)
    }
}

/// A connection is in use as long as this lives.
pub(crate) struct InUse(Arc<Watch>);

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.0.store(IDLE, Ordering::Relaxed);
    }
}

/// When a connection to one server last stopped responding. The cause probably affects all connections of the
/// pool; without this, each of them would cost its caller a full deadline.
#[derive(Debug, Default)]
pub(crate) struct Suspicion(AtomicU64);

impl Suspicion {
    fn raise(&self) {
        self.0.fetch_max(now(), Ordering::Relaxed);
    }

    fn allows(&self, made_at: u64) -> bool {
        made_at >= self.0.load(Ordering::Relaxed)
    }
}

/// Milliseconds since the first call in this process, plus one.
fn now() -> u64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(BEGAN.elapsed().as_millis())
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_overdue_after_its_looks_and_an_idle_connection_never_is() {
        let watch = Watch::default();
        assert!(!watch.is_overdue());
        watch.start(LOOK * 2);
        assert!(!watch.is_overdue());
        assert!(!watch.is_overdue());
        assert!(watch.is_overdue());
    }

    #[test]
    fn giving_a_connection_back_ends_its_deadline() {
        let watch = Arc::new(Watch::default());
        watch.start(Duration::ZERO);
        drop(InUse(Arc::clone(&watch)));
        assert!(!watch.is_overdue());
    }

    #[test]
    fn what_was_made_before_a_connection_fell_silent_is_not_used_again() {
        let suspicion = Suspicion::default();
        let made_at = now();
        assert!(suspicion.allows(made_at));
        suspicion.0.store(made_at + 1, Ordering::Relaxed);
        assert!(!suspicion.allows(made_at));
        assert!(suspicion.allows(made_at + 1));
    }

    #[tokio::test]
    async fn a_server_that_accepts_and_says_nothing_costs_the_limit_and_no_more() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let limit = Duration::from_millis(50);
        for mode in ["disable", "allow", "prefer", "require"] {
            let url = format!("postgres://sms:hunter2@{at}/sms?sslmode={mode}");
            let address = Address::parse(&url).unwrap();
            let opened = Connection::open(&address, "", limit, &Arc::default()).await;
            let Err(StoreError::Unreachable(error)) = opened else {
                panic!("{mode}: a silent server was taken for one");
            };
            assert!(error.may_pass());
            let said = error.to_string();
            assert!(said.contains(&at) && said.contains("0.05 s"), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
