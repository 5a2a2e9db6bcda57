//! The carrier of one run: a process that can be killed and made to misbehave.

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

/// Milliseconds between the events of a message, and the delay of late receipts.
const RECEIPT_DELAY_MS: &str = "200";
const LATE_MS: &str = "6000";

/// Milliseconds before the second attempt of an undelivered receipt; the third waits four times as long.
/// The API may be down for some seconds more than once, and a receipt that fails three times is requested
/// only minutes later.
const BACKOFF_MS: &str = "4000";

/// The carrier's subfolder of the data folder.
pub(crate) const FOLDER: &str = "simulator";

/// The API key that the carrier requires.
pub(crate) const KEY: &str = "KEY-OF-THE-SIMULATOR";

pub(crate) struct Carrier {
    control: Client,
    address: SocketAddr,
    data_dir: PathBuf,
    usual: Chaos,
}

impl Carrier {
    /// A carrier that is not started yet, with this usual behaviour.
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

    /// The base URL for the product.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v2", self.address)
    }

    pub(crate) async fn is_up(&self) -> bool {
        let request = self.control.request(Method::GET, "/sim/health");
        Answer::if_any(request).await.is_ok()
    }

    /// Makes the carrier misbehave from now on.
    pub(crate) async fn misbehave(&self, chaos: &Chaos) -> anyhow::Result<()> {
        let request = self.control.request(Method::POST, "/sim/chaos").json(chaos);
        let answer = Answer::if_any(request).await.context("tell the carrier")?;
        ensure!(answer.status == 200, "the carrier says {answer:?}");
        Ok(())
    }

    /// Restores the usual behaviour.
    pub(crate) async fn calm_down(&self) -> anyhow::Result<()> {
        self.misbehave(&self.usual).await
    }

    /// Every message that the carrier accepted, over all restarts.
    pub(crate) fn ledger(&self) -> anyhow::Result<Vec<LedgerEntry>> {
        ledger(&self.data_dir)
    }
}

/// The ledger in a folder; empty before the first message.
pub(crate) fn ledger(data_dir: &Path) -> anyhow::Result<Vec<LedgerEntry>> {
    let text = std::fs::read_to_string(data_dir.join("ledger.jsonl"));
    let text = text.context("read the carrier's ledger")?;
    let entries = text.lines().map(serde_json::from_str);
    let entries: Result<_, _> = entries.collect();
    entries.context("the carrier's ledger is broken")
}

/// The public key that verifies its webhooks.
pub(crate) fn public_key() -> anyhow::Result<String> {
    let key = Ed25519KeyPair::from_seed_unchecked(&SIGNING_SEED);
    let key = key.map_err(|error| anyhow::anyhow!("the carrier's key: {error}"))?;
    Ok(STANDARD.encode(key.public_key()))
}
