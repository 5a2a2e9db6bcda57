//! Connections: how many, with which settings, and what happens to one whose transaction was left
//! open.
//!
//! This module must not know any table.

use std::sync::Arc;
use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use sms_domain::compliance::RuleData;
use sms_domain::ports::Unavailable;

use crate::commit::Commits;
use crate::error::StoreError;
use crate::facts::{Loads, OrganizationCache};
use crate::keys::{FindKeys, Touches};
use crate::receipts::FindAttempts;
use crate::together::Together;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct PgConfig {
    /// `postgres://…`
    pub url: String,
    /// Connections for sending, dispatching and receipts: short transactions over few rows. Two are
    /// enough where one process writes; each costs Postgres a process.
    pub hot_connections: usize,
    /// Connections for everything else: keys, seeds, lists.
    pub cold_connections: usize,
    /// No statement runs longer than this.
    pub statement_timeout: Duration,
    /// How old facts about an organization may be, at most one second.
    pub facts_max_age: Duration,
}

impl PgConfig {
    /// The usual sizes.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            hot_connections: 8,
            cold_connections: 4,
            statement_timeout: Duration::from_secs(10),
            facts_max_age: Duration::from_secs(1),
        }
    }
}

/// The store: every repository of the domain, on one database. Clones share everything.
#[derive(Clone)]
pub struct Pg(pub(crate) Arc<Shared>, pub(crate) Queues);

/// What the clones of [`Pg`] share.
pub(crate) struct Shared {
    hot: Pool<AsyncPgConnection>,
    cold: Pool<AsyncPgConnection>,
    /// The law's tables, which are part of every context.
    pub(crate) rules: &'static RuleData,
    pub(crate) organizations: OrganizationCache,
    pub(crate) touches: Touches,
}

/// Where callers meet whose work is done together.
#[derive(Clone)]
pub(crate) struct Queues {
    pub(crate) commits: Together<Commits>,
    pub(crate) facts: Together<Loads>,
    pub(crate) keys: Together<FindKeys>,
    pub(crate) attempts: Together<FindAttempts>,
}

impl std::fmt::Debug for Pg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pg")
            .field("hot", &self.0.hot.status())
            .finish_non_exhaustive()
    }
}

impl Pg {
    /// Connects to a migrated database. `rules` become part of the contexts that are loaded.
    ///
    /// # Errors
    /// [`StoreError::Connect`] when the database cannot be reached now. Later losses are mended by
    /// new connections.
    pub async fn connect(config: &PgConfig, rules: &'static RuleData) -> Result<Self, StoreError> {
        let timeout = config.statement_timeout.as_millis();
        let hot = format!("{HOT}{}", timeouts(timeout));
        let shared = Arc::new(Shared {
            hot: pool(config, config.hot_connections, hot)?,
            cold: pool(config, config.cold_connections, timeouts(timeout))?,
            rules,
            organizations: OrganizationCache::new(config.facts_max_age),
            touches: Touches::default(),
        });
        drop(shared.hot().await?);
        let queues = Queues {
            commits: Together::start(Commits(Arc::clone(&shared))),
            facts: Together::start(Loads(Arc::clone(&shared))),
            keys: Together::start(FindKeys(Arc::clone(&shared))),
            attempts: Together::start(FindAttempts(Arc::clone(&shared))),
        };
        Ok(Self(shared, queues))
    }

    /// Asks the database whether it answers.
    ///
    /// # Errors
    /// [`Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        let mut connection = self.cold().await?;
        connection
            .batch_execute("SELECT 1")
            .await
            .map_err(StoreError::from)?;
        Ok(())
    }

    /// A connection for statements that are always the same.
    pub(crate) async fn hot(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        self.0.hot().await
    }

    /// A connection for everything else.
    pub(crate) async fn cold(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        self.0.cold().await
    }
}

impl Shared {
    /// A connection for statements that are always the same.
    pub(crate) async fn hot(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        self.hot
            .get()
            .await
            .map_err(|error| StoreError::Connect(Box::new(error)))
    }

    /// A connection for everything else.
    pub(crate) async fn cold(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        self.cold
            .get()
            .await
            .map_err(|error| StoreError::Connect(Box::new(error)))
    }

    /// A hot connection for a transaction of our own making.
    pub(crate) async fn session(&self) -> Result<Session, StoreError> {
        Ok(Session(Some(self.hot().await?)))
    }
}

/// Our statements look up few rows by their keys. The plans are the same for all parameters and must
/// not depend on statistics: a table that was empty a minute ago may hold a million rows now, and a
/// plan that reads or sorts all of them would stop the queue.
const HOT: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off; \
    SET enable_seqscan = off; SET enable_bitmapscan = off; \
    SET enable_hashjoin = off; SET enable_mergejoin = off;";

fn timeouts(milliseconds: u128) -> String {
    format!(
        "SET statement_timeout = {milliseconds}; \
         SET idle_in_transaction_session_timeout = {milliseconds};"
    )
}

fn pool(
    config: &PgConfig,
    size: usize,
    settings: String,
) -> Result<Pool<AsyncPgConnection>, StoreError> {
    let settings: Arc<str> = settings.into();
    let mut manager = ManagerConfig::default();
    // A lost connection is noticed by the driver; asking at each checkout would cost a round trip.
    manager.recycling_method = RecyclingMethod::Fast;
    manager.custom_setup = Box::new(move |url| {
        let (url, settings) = (url.to_owned(), Arc::clone(&settings));
        async move {
            let mut connection = AsyncPgConnection::establish(&url).await?;
            connection
                .batch_execute(&settings)
                .await
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(connection)
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::new_with_config(&config.url, manager);
    Pool::builder(manager)
        .max_size(size)
        .build()
        .map_err(|error| StoreError::Connect(Box::new(error)))
}

/// A connection on which we begin and end transactions ourselves, so that these statements travel
/// together with others. The pool cannot see an open transaction then, so a connection that is not
/// [finished](Session::finish) is closed rather than given back.
pub(crate) struct Session(Option<Object<AsyncPgConnection>>);

impl Session {
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
            drop(Object::take(connection));
        }
    }
}
