//! The store: its pools, their settings, and its health check.
//!
//! This module must not know any table.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join3;
use sms_domain::law::RuleData;
use sms_domain::ports::Unavailable;
use tokio::time::timeout;

use crate::address::Address;
use crate::coalescer::Coalescer;
use crate::commit::Commits;
use crate::commit::FactSnapshots;
use crate::connection::Suspicion;
use crate::dispatch::Cursors;
use crate::error::StoreError;
use crate::facts::{Loads, OrganizationCache};
use crate::keys::{FindKeys, Touches};
use crate::migrations;
use crate::pool::{Connections, Deadlines, Lent, Pool};
use crate::receipts::FindAttempts;
use crate::shared::Shared;
use crate::webhooks::{EndedCalls, EventListeners};

/// Time limit of the health check.
const PROOF: Duration = Duration::from_secs(2);

/// How to reach the database.
#[derive(Clone)]
pub struct PgConfig {
    /// `postgres://…`, with libpq's parameters, for example `sslmode`.
    pub url: String,
    /// Connections for sending, dispatching and receipts: short transactions over few rows. Two are
    /// enough where one process writes; each costs Postgres a process.
    pub hot_connections: usize,
    /// Connections for everything else: keys, seeds, lists.
    pub cold_connections: usize,
    /// Time limits for the database.
    pub deadlines: Deadlines,
    /// Most age of cached facts about an organization, at most one second.
    pub facts_max_age: Duration,
}

impl std::fmt::Debug for PgConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may contain a password.
        f.debug_struct("PgConfig")
            .field("hot_connections", &self.hot_connections)
            .field("cold_connections", &self.cold_connections)
            .field("deadlines", &self.deadlines)
            .field("facts_max_age", &self.facts_max_age)
            .finish_non_exhaustive()
    }
}

impl PgConfig {
    /// The default sizes.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            hot_connections: 8,
            cold_connections: 4,
            deadlines: Deadlines::default(),
            facts_max_age: Duration::from_secs(1),
        }
    }
}

/// The store: every repository of the domain, on one database. Clones share everything.
#[derive(Clone)]
pub struct Pg(pub(crate) Arc<Shared>, pub(crate) Queues);

/// The queues that batch concurrent callers.
#[derive(Clone)]
pub(crate) struct Queues {
    pub(crate) commits: Coalescer<Commits>,
    pub(crate) facts: Coalescer<Loads>,
    pub(crate) keys: Coalescer<FindKeys>,
    pub(crate) attempts: Coalescer<FindAttempts>,
    pub(crate) webhook_calls: Coalescer<EndedCalls>,
}

impl std::fmt::Debug for Pg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pg")
            .field("hot", &self.0.hot.status())
            .finish_non_exhaustive()
    }
}

impl Pg {
    /// Connects to a migrated database. `rules` become part of every loaded context.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] if the database cannot be reached now; connections lost later are reopened.
    /// [`StoreError::SchemaOlder`] if it lacks migrations.
    pub async fn connect(config: &PgConfig, rules: &'static RuleData) -> Result<Self, StoreError> {
        let address = Arc::new(Address::parse(&config.url)?);
        let (limits, suspicion) = (config.deadlines, Arc::new(Suspicion::default()));
        let pool = |settings: &str, size, limit| {
            let connections = Connections {
                address: Arc::clone(&address),
                setup: format!("{settings}{}", timeouts(limit)),
                limit: limits.connect,
                suspicion: Arc::clone(&suspicion),
            };
            Pool::new(connections, size, limits.free, limit)
        };
        let shared = Arc::new(Shared {
            hot: pool(HOT, config.hot_connections, limits.hot)?,
            cold: pool("", config.cold_connections, limits.cold)?,
            patient: limits.patient,
            rules,
            organizations: OrganizationCache::new(config.facts_max_age),
            touches: Touches::default(),
            cursors: Cursors::default(),
            snapshots: FactSnapshots::default(),
            listeners: EventListeners::default(),
        });
        migrations::compare(&mut *shared.hot().await?).await?;
        let queues = Queues {
            commits: Coalescer::start(Commits(Arc::clone(&shared))),
            facts: Coalescer::start(Loads(Arc::clone(&shared))),
            keys: Coalescer::start(FindKeys(Arc::clone(&shared))),
            attempts: Coalescer::start(FindAttempts(Arc::clone(&shared))),
            webhook_calls: Coalescer::start(EndedCalls(Arc::clone(&shared))),
        };
        Ok(Self(shared, queues))
    }

    /// Checks that the database answers, on the path of a sent message: in the same queue, over the same
    /// connections.
    ///
    /// # Errors
    /// [`Unavailable`] if it does not answer within two seconds.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        let Queues {
            commits,
            facts,
            keys,
            ..
        } = &self.1;
        let asked = join3(
            keys.ask([0; 32]),
            facts.ask(Vec::new()),
            commits.ask(Vec::new()),
        );
        let Ok((keys, facts, commits)) = timeout(PROOF, asked).await else {
            return Err(StoreError::Overdue.into());
        };
        keys.and(facts.map(drop)).and(commits.map(drop))
    }

    /// A connection for short transactions with prepared statements.
    pub(crate) async fn hot(&self) -> Result<Lent, StoreError> {
        self.0.hot().await
    }

    /// A connection for all other statements.
    pub(crate) async fn cold(&self) -> Result<Lent, StoreError> {
        self.0.cold.get().await
    }

    /// A connection for an operator's long-running command.
    pub(crate) async fn patient(&self) -> Result<Lent, StoreError> {
        self.0.cold.get_for(self.0.patient).await
    }
}

/// Planner settings. Our statements look up few rows by key. Their plans are the same for all parameters and
/// must not depend on statistics: a table that was empty a minute ago may have a million rows now, and a plan
/// that scans or sorts all of them would stop the queue.
const HOT: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off; \
    SET enable_seqscan = off; SET enable_bitmapscan = off; \
    SET enable_hashjoin = off; SET enable_mergejoin = off;";

fn timeouts(limit: Duration) -> String {
    let milliseconds = limit.as_millis();
    format!(
        "SET statement_timeout = {milliseconds}; \
         SET idle_in_transaction_session_timeout = {milliseconds};"
    )
}
