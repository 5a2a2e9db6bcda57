//! The carrier of one run: a process that can be killed, and told to misbehave.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sms_tests::{Answer, Client, SIGNING_SEED};
use telnyx_sim::{Chaos, LedgerEntry};

use crate::process::bare;

/// Milliseconds between what happens to a message, and by which late receipts are late.
const RECEIPT_DELAY_MS: &str = "200";
const LATE_MS: &str = "6000";

/// Milliseconds before a receipt that nobody took is told again, and four times as long: the API may be
/// gone for some seconds, more than once. What is given up after three tries would be asked for only
/// minutes later.
const BACKOFF_MS: &str = "4000";

/// Where a carrier keeps its books, in the data folder.
pub(crate) const FOLDER: &str = "simulator";

/// What the carrier asks for.
pub(crate) const KEY: &str = "KEY-OF-THE-SIMULATOR";

pub(crate) struct Carrier {
    control: Client,
    address: SocketAddr,
    data_dir: PathBuf,
    usual: Chaos,
}

impl Carrier {
    /// A carrier that is not started yet and usually behaves like this.
    pub(crate) fn new(folder: &Path, address: SocketAddr, usual: Chaos) -> Self {
        Self {
            control: Client::new(&format!("http://{address}")),
            address,
            data_dir: folder.join(FOLDER),
            usual,
        }
    }

    pub(crate) fn command(&self, binary: &Path, enforces_idempotency: bool) -> Command {
        let seed = SIGNING_SEED.map(|byte| format!("{byte:02x}")).concat();
        let mut command = bare(binary);
        command.args(["--bind", &self.address.to_string(), "--api-key", KEY]);
        command.arg("--data-dir").arg(&self.data_dir);
        command.args(["--signing-seed", &seed, "--webhook-backoff-ms", BACKOFF_MS]);
        command.args(["--receipt-delay-ms", RECEIPT_DELAY_MS]);
        command.args(["--late-receipt-delay-ms", LATE_MS, "--no-magic-numbers"]);
        if !enforces_idempotency {
            command.arg("--no-idempotency");
        }
        command
    }

    /// Where the product finds it.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v2", self.address)
    }

    pub(crate) async fn is_up(&self) -> bool {
        let request = self.control.request(Method::GET, "/sim/health");
        Answer::if_any(request).await.is_ok()
    }

    /// It misbehaves from now on.
    pub(crate) async fn misbehave(&self, chaos: &Chaos) -> anyhow::Result<()> {
        let request = self.control.request(Method::POST, "/sim/chaos").json(chaos);
        let answer = Answer::if_any(request).await.context("tell the carrier")?;
        ensure!(answer.status == 200, "the carrier says {answer:?}");
        Ok(())
    }

    /// It behaves as usual.
    pub(crate) async fn calm_down(&self) -> anyhow::Result<()> {
        self.misbehave(&self.usual).await
    }

    /// Every message that the carrier took, in all its lives.
    pub(crate) fn ledger(&self) -> anyhow::Result<Vec<LedgerEntry>> {
        ledger(&self.data_dir)
    }
}

/// The ledger in a folder; there is none before the first message.
pub(crate) fn ledger(data_dir: &Path) -> anyhow::Result<Vec<LedgerEntry>> {
    let text = std::fs::read_to_string(data_dir.join("ledger.jsonl"));
    let text = text.context("read the carrier's ledger")?;
    let entries = text.lines().map(serde_json::from_str);
    let entries: Result<_, _> = entries.collect();
    entries.context("the carrier's ledger is broken")
}

/// The key that its webhooks are verified with.
pub(crate) fn public_key() -> anyhow::Result<String> {
    let key = Ed25519KeyPair::from_seed_unchecked(&SIGNING_SEED);
    let key = key.map_err(|error| anyhow::anyhow!("the carrier's key: {error}"))?;
    Ok(STANDARD.encode(key.public_key()))
}
