//! Receipts: signed webhooks over HTTP about messages that were just sent, and the same writes by
//! pgbench.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use sms_domain::ports::Clock as _;

use crate::carrier::{self, Taken};
use crate::clock::MovedClock;
use crate::commands;
use crate::database::{Database, execute};
use crate::limit::Achieved;
use crate::load::Load;
use crate::meter::Meter;
use crate::plan::Bench;
use crate::product::{Product, ProductSettings};
use crate::rows::Dispatched;

/// The carrier's connections.
const CONNECTIONS: usize = 32;

const DELIVERED: &str = "SELECT count(*) FROM messages WHERE status = 'delivered'";

/// Measures receipts of what was dispatched, in the same database.
pub(crate) async fn receipts(bench: &Bench<'_>, sent: &Dispatched) -> anyhow::Result<f64> {
    bench.server.settle().await?;
    let clock = MovedClock::after_noon();
    let webhooks: Vec<Vec<u8>> = sent
        .taken
        .iter()
        .map(|taken| webhook(taken, clock))
        .collect::<anyhow::Result<_>>()?;
    let product = Product::start(&ProductSettings {
        database: sent.database.url.clone(),
        clock_micros: clock.micros(),
        worker: false,
        carrier: "http://127.0.0.1:9/v2".to_owned(),
        public_key: carrier::public_key()?,
    })
    .await?;
    let load = Load {
        address: product.address,
        connections: CONNECTIONS,
        warm_up: Duration::from_secs(1),
        measured: bench.options.span(),
        requests: Arc::new(move |n| webhooks.get(usize::try_from(n).ok()?).cloned()),
    };
    let meter = Meter::read();
    let outcome = load.run().await?;
    meter.say_since(outcome.only(200)?);
    product.stop().await?;
    let (taken, delivered) = (outcome.only(200)?, sent.database.count(DELIVERED).await?);
    ensure!(
        taken == delivered,
        "{taken} receipts were taken, {delivered} messages are delivered"
    );
    Ok(outcome.per_second)
}

/// A final receipt as the carrier sends it.
fn webhook(taken: &Taken, clock: MovedClock) -> anyhow::Result<Vec<u8>> {
    let request: Value = serde_json::from_slice(&taken.body.0)?;
    let url = request["webhook_url"]
        .as_str()
        .context("a request names its webhook")?;
    let token = url
        .rsplit('/')
        .next()
        .context("a webhook's URL ends with the token")?;
    let now = clock.now();
    let body = json!({ "data": {
        "record_type": "event", "event_type": "message.finalized",
        "id": format!("event-{}", taken.id), "occurred_at": now.to_rfc3339(),
        "payload": {
            "record_type": "message", "direction": "outbound", "id": taken.id, "type": "SMS",
            "from": { "phone_number": request["from"], "carrier": "Bench", "line_type": "Wireless" },
            "to": [{ "phone_number": request["to"], "status": "delivered", "carrier": "Bench",
                "line_type": "Wireless" }],
            "text": request["text"], "parts": 1, "errors": [],
            "cost": { "amount": "0.0051", "currency": "USD" },
            "completed_at": now.to_rfc3339(),
        } }, "meta": { "attempt": 1, "delivered_to": url } });
    let body = serde_json::to_vec(&body)?;
    // Ahead of time, within the tolerance: signing is the carrier's work.
    let timestamp = now.timestamp().to_string();
    let signature = carrier::signature(&timestamp, &body)?;
    Ok(commands::webhook(token, &timestamp, &signature, &body))
}

/// What a receipt writes, by pgbench, on the same rows.
pub(crate) async fn same_writes(
    bench: &Bench<'_>,
    database: &Database,
) -> anyhow::Result<Achieved> {
    let targets = "CREATE TABLE bench_targets AS
        SELECT row_number() OVER (ORDER BY id) AS n, organization_id, id FROM messages
        WHERE attempts_last > 0;
        ALTER TABLE bench_targets ADD PRIMARY KEY (n); ANALYZE bench_targets, messages, attempts";
    execute(&database.url, targets).await?;
    let count = database.count("SELECT count(*) FROM bench_targets").await?;
    bench.server.settle().await?;
    let script = include_str!("../../sql/receipt.sql").replace(":targets", &count.to_string());
    bench
        .limit
        .script(&database.url, &script, CONNECTIONS, bench.options.span())
        .await
}
