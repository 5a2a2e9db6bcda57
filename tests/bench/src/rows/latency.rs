//! How late messages leave an idle system: from the request to the carrier's post, and from the due
//! time to it. The real simulator is the carrier, and its ledger says when a message arrived.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sms_domain::ports::Clock as _;
use telnyx_sim::{SimConfig, Simulator};
use uuid::Uuid;

use crate::clock::MovedClock;
use crate::commands;
use crate::database::Database;
use crate::load::Connection;
use crate::machine::pause;
use crate::numbers::Latencies;
use crate::plan::Bench;
use crate::product::{Product, ProductSettings};

/// Messages of each measurement.
const MESSAGES: u64 = 200;

/// Interval between two messages of the idle system; it divides no polling interval.
const BETWEEN: Duration = Duration::from_millis(37);

/// How far ahead the first due time is, and how far apart they are.
const AHEAD: TimeDelta = TimeDelta::seconds(3);
const APART: TimeDelta = TimeDelta::milliseconds(53);

/// Delays in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delays {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Delays {
    fn of(latencies: &Latencies) -> anyhow::Result<Self> {
        ensure!(latencies.count() > 0, "nothing arrived at the carrier");
        Ok(Self {
            p50_ms: latencies.percentile_ms(50),
            p99_ms: latencies.percentile_ms(99),
        })
    }
}

/// The whole system, with nothing to do.
pub(crate) struct Idle {
    pub(crate) database: Database,
    clock: MovedClock,
    pub(crate) simulator: Simulator,
    pub(crate) product: Product,
}

impl Idle {
    pub(crate) async fn start(bench: &Bench<'_>) -> anyhow::Result<Self> {
        let database = bench.server.clone_of(&bench.templates.empty).await?;
        let clock = MovedClock::at_noon();
        let config = SimConfig {
            api_key: "KEYBENCH".to_owned(),
            magic_numbers: false,
            receipt_delay: Duration::from_millis(300),
            ..SimConfig::default()
        };
        let simulator = Simulator::start(config, Arc::new(clock)).await?;
        let product = Product::start(&ProductSettings {
            database: database.url.clone(),
            clock_micros: clock.micros(),
            worker: true,
            carrier: simulator.base_url(),
            public_key: simulator.public_key(),
        })
        .await?;
        Ok(Self {
            database,
            clock,
            simulator,
            product,
        })
    }

    pub(crate) async fn stop(self, bench: &Bench<'_>) -> anyhow::Result<Database> {
        // Receipts that are under way still find the product.
        pause(Duration::from_secs(1)).await;
        self.product.stop().await?;
        self.simulator.shutdown().await;
        let _ = bench;
        Ok(self.database)
    }

    /// Sends a message with a unique text, and returns the time of sending.
    async fn send(
        &self,
        bench: &Bench<'_>,
        connection: &mut Connection,
        n: u64,
        at: Option<DateTime<Utc>>,
    ) -> anyhow::Result<DateTime<Utc>> {
        let at = at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
        let target = bench.targets.shared(10_000 + n);
        let request = commands::send(&target, &text(n), Uuid::from_u128(n.into()), at.as_deref());
        let sent = self.clock.now();
        let status = connection.call(&request).await?;
        let answer = String::from_utf8_lossy(connection.body()).into_owned();
        ensure!(
            status == 201,
            "a message was answered with {status}: {answer}"
        );
        Ok(sent)
    }

    /// The delays from the given instants until the messages reached the carrier.
    fn delays(&self, from: &HashMap<String, DateTime<Utc>>) -> Latencies {
        let entries = self.simulator.ledger();
        let delay = |entry: &telnyx_sim::LedgerEntry| {
            let from = from.get(&entry.text)?;
            Some((entry.accepted_at - *from).to_std().unwrap_or_default())
        };
        entries.iter().filter_map(delay).collect()
    }

    /// Waits until everything that was sent has arrived.
    async fn arrived(&self, count: usize) -> anyhow::Result<()> {
        for _ in 0..600 {
            if self.simulator.ledger().len() >= count {
                return Ok(());
            }
            pause(Duration::from_millis(50)).await;
        }
        let arrived = self.simulator.ledger().len();
        anyhow::bail!("{arrived} of {count} messages arrived at the carrier")
    }
}

fn text(n: u64) -> String {
    format!("Acme Roofing: message {n}. Reply STOP to opt out.")
}

/// From the request to the carrier's post.
pub(crate) async fn idle(bench: &Bench<'_>) -> anyhow::Result<Delays> {
    let system = Idle::start(bench).await?;
    let mut connection = Connection::open(system.product.address).await?;
    let mut from = HashMap::new();
    for n in 0..MESSAGES {
        pause(BETWEEN).await;
        from.insert(text(n), system.send(bench, &mut connection, n, None).await?);
    }
    system.finish(bench, &from).await
}

/// From the due time to the carrier's post.
pub(crate) async fn due_precision(bench: &Bench<'_>) -> anyhow::Result<Delays> {
    let system = Idle::start(bench).await?;
    let mut connection = Connection::open(system.product.address).await?;
    let first = system.clock.now() + AHEAD;
    let mut from = HashMap::new();
    for n in 0..MESSAGES {
        let at = first + APART * i32::try_from(n).context("few messages")?;
        system.send(bench, &mut connection, n, Some(at)).await?;
        from.insert(text(n), at);
    }
    system.finish(bench, &from).await
}

impl Idle {
    async fn finish(
        self,
        bench: &Bench<'_>,
        from: &HashMap<String, DateTime<Utc>>,
    ) -> anyhow::Result<Delays> {
        self.arrived(from.len()).await?;
        let delays = self.delays(from);
        ensure!(
            delays.count() == from.len(),
            "the ledger holds other messages than were sent"
        );
        let database = self.stop(bench).await?;
        bench.server.drop(database).await?;
        Delays::of(&delays)
    }
}
