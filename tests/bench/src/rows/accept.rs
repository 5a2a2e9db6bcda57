//! Accepting messages: HTTP clients, answered 201 after a durable commit.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use uuid::Uuid;

use crate::carrier;
use crate::clock::MovedClock;
use crate::commands;
use crate::load::Load;
use crate::meter::Meter;
use crate::plan::Bench;
use crate::product::{Product, ProductSettings};
use crate::storage::LogPosition;
use crate::world::{TEXT, Target, Targets};

/// Unmeasured time in which statements are prepared and caches filled.
const WARM_UP: Duration = Duration::from_secs(1);

/// Whose conversations are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// All organizations', in turn.
    Shared,
    /// One organization's.
    Alone,
}

/// What to measure.
#[derive(Debug, Clone)]
pub(crate) struct Accept<'t> {
    pub(crate) template: &'t str,
    pub(crate) connections: usize,
    pub(crate) whom: Whom,
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accepted {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// What was logged for a message, in kilobytes; `None` where the server cannot tell.
    pub(crate) logged_kilobytes: Option<f64>,
}

const MESSAGES: &str = "SELECT count(*) FROM messages";

/// Measures accepting.
pub(crate) async fn accept(bench: &Bench<'_>, what: &Accept<'_>) -> anyhow::Result<Accepted> {
    let database = bench.server.clone_of(what.template).await?;
    let before = database.count(MESSAGES).await?;
    let product = Product::start(&ProductSettings {
        database: database.url.clone(),
        clock_micros: MovedClock::at_noon().micros(),
        worker: false,
        carrier: "http://127.0.0.1:9/v2".to_owned(),
        public_key: carrier::public_key()?,
    })
    .await?;
    let load = Load {
        address: product.address,
        connections: what.connections,
        warm_up: WARM_UP,
        measured: bench.options.span(),
        requests: requests(bench.targets, what.whom, u64::from(bench.options.queued)),
    };
    let log = LogPosition::now(bench.server).await?;
    let meter = Meter::read();
    let outcome = load.run().await?;
    let created = outcome.only(201)?;
    meter.say_since(created);
    product.stop().await?;
    let logged_kilobytes = match log {
        Some(log) => Some(log.kilobytes_since(bench.server, created).await?),
        None => None,
    };
    let stored = database.count(MESSAGES).await? - before;
    ensure!(
        created == stored,
        "{created} messages were accepted, {stored} are stored"
    );
    bench.server.drop(database).await?;
    Ok(Accepted {
        per_second: outcome.per_second,
        p50_ms: outcome.latencies.percentile_ms(50),
        p99_ms: outcome.latencies.percentile_ms(99),
        logged_kilobytes,
    })
}

/// Requests to a different conversation each, starting after the conversations with queued messages.
pub(crate) fn requests(targets: Targets, whom: Whom, queued: u64) -> crate::load::Requests {
    Arc::new(move |n| {
        let target: Target = match whom {
            Whom::Shared => targets.shared(queued + 2 * 2_000 + n),
            Whom::Alone => targets.alone(n),
        };
        // Any unique number will do.
        let key = Uuid::from_u128(u128::from(n) << 64 | target.conversation.as_u128() >> 64);
        Some(commands::send(&target, TEXT, key, None))
    })
}
