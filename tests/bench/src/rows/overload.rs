//! More requests than can be served: four times the rate at which clients that wait for their answers are
//! served, and three hundred requests a second about one person. Requests arrive at their times whether or not
//! earlier ones have been answered, and a request's time begins when it should have been sent.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{bail, ensure};
use uuid::Uuid;

use crate::carrier;
use crate::clock::MovedClock;
use crate::commands;
use crate::database::Database;
use crate::load::{Load, Offered, OpenLoad, Requests};
use crate::machine::float;
use crate::meter::Meter;
use crate::numbers::Latencies;
use crate::plan::Bench;
use crate::product::{Product, ProductSettings, say};
use crate::rows::accept::{Whom, requests};

/// How many times the sustainable rate is offered.
const TIMES: f64 = 4.0;

/// Clients that wait for their answers: as many as make the product fastest.
const CLIENTS: usize = 128;

/// Fewer than the product takes from one address.
const CONNECTIONS: usize = 1_000;

/// Requests a second about one person.
const ABOUT_ONE: f64 = 300.0;

const QUEUED: &str = "SELECT count(*) FROM messages WHERE status = 'queued'";

const WARM_UP: Duration = Duration::from_secs(2);

/// What became of the requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overloaded {
    pub(crate) accepted_per_second: f64,
    /// What the same product accepts from clients that wait for their answers; 0 if not measured.
    pub(crate) sustainable: f64,
    pub(crate) accepted_p50_ms: f64,
    pub(crate) accepted_p99_ms: f64,
    /// The share of requests that were answered 503 or 429.
    pub(crate) shed: f64,
    pub(crate) shed_p99_ms: f64,
}

/// Offers four times what can be served.
pub(crate) async fn overload(bench: &Bench<'_>) -> anyhow::Result<Overloaded> {
    let (database, product) = start(bench).await?;
    let queued = u64::from(bench.options.queued);
    let load = Load {
        address: product.address,
        connections: CLIENTS,
        warm_up: Duration::from_secs(1),
        measured: bench.options.span(),
        requests: requests(bench.targets, Whom::Shared, queued),
    };
    let sustainable = load.run().await?.per_second;
    // After the conversations of the load before it.
    let open = OpenLoad {
        address: product.address,
        connections: CONNECTIONS,
        per_second: sustainable * TIMES,
        warm_up: WARM_UP,
        measured: bench.options.span(),
        requests: requests(bench.targets, Whom::Shared, queued + 60_000),
    };
    let meter = Meter::read();
    let offered = open.run().await?;
    meter.say_since(offered.count());
    finish(bench, product, database).await?;
    outcome(&offered, sustainable, bench.options.span())
}

/// Offers many requests about one person.
pub(crate) async fn one_person(bench: &Bench<'_>) -> anyhow::Result<Overloaded> {
    let (database, product) = start(bench).await?;
    let target = bench.targets.alone(0);
    let requests: Requests = Arc::new(move |n| {
        let key = Uuid::from_u128(u128::from(n));
        let text = format!("Acme Roofing: message {n}. Reply STOP to opt out.");
        Some(commands::send(&target, &text, key, None))
    });
    let open = OpenLoad {
        address: product.address,
        connections: CONNECTIONS,
        per_second: ABOUT_ONE,
        warm_up: WARM_UP,
        measured: bench.options.span(),
        requests,
    };
    let offered = open.run().await?;
    let queued = database.count(QUEUED).await?;
    say(&format!(
        "    {queued} of {} requests were queued",
        offered.count()
    ));
    finish(bench, product, database).await?;
    outcome(&offered, 0.0, bench.options.span())
}

async fn start(bench: &Bench<'_>) -> anyhow::Result<(Database, Product)> {
    let database = bench.server.clone_of(&bench.templates.empty).await?;
    let product = Product::start(&ProductSettings {
        database: database.url.clone(),
        clock_micros: MovedClock::at_noon().micros(),
        worker: false,
        carrier: "http://127.0.0.1:9/v2".to_owned(),
        public_key: carrier::public_key()?,
    })
    .await?;
    Ok((database, product))
}

async fn finish(bench: &Bench<'_>, product: Product, database: Database) -> anyhow::Result<()> {
    product.stop().await?;
    bench.server.drop(database).await
}

fn outcome(offered: &Offered, sustainable: f64, span: Duration) -> anyhow::Result<Overloaded> {
    let mut shed = Vec::new();
    let mut accepted = Vec::new();
    for answer in &offered.measured {
        match answer.status {
            201 => accepted.push(answer.took),
            429 | 503 => {
                ensure!(
                    answer.has_retry_after,
                    "a refusal says not when to come again"
                );
                shed.push(answer.took);
            }
            other => bail!("a request was answered {other}"),
        }
    }
    let count = |answers: usize| u64::try_from(answers).map(float);
    let share = count(shed.len())? / count(offered.measured.len().max(1))?;
    let accepted: Latencies = accepted.into_iter().collect();
    let shed: Latencies = shed.into_iter().collect();
    Ok(Overloaded {
        accepted_per_second: count(accepted.count())? / span.as_secs_f64(),
        sustainable,
        accepted_p50_ms: accepted.percentile_ms(50),
        accepted_p99_ms: accepted.percentile_ms(99),
        shed: share,
        shed_p99_ms: shed.percentile_ms(99),
    })
}
