//! A running simulator: starts the server and the webhook loop, and stops them.

use std::{fs::File, net::SocketAddr, sync::Arc, time::Duration};

use poem::{Server, listener::TcpAcceptor};
use sms_domain::ports::Clock;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use uuid::Uuid;

use crate::{
    Chaos, ChaosError, InboundText, LedgerEntry, SimConfig, SimError,
    carrier::Carrier,
    data_dir,
    http::{self, Connections, SeverableAcceptor},
    ids,
    signer::Signer,
    store::{Store, Unfinished},
    webhooks::{Dispatcher, WebhookSender},
};

/// How long shutdown waits for open requests; it does not wait out a scripted slow answer.
const GRACE: Duration = Duration::from_millis(250);

/// A running simulator. Dropping it also stops it, without waiting for open requests.
pub struct Simulator {
    carrier: Arc<Carrier>,
    address: SocketAddr,
    /// Stops the server when it is sent to or dropped.
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
    dispatcher: JoinHandle<()>,
    /// The lock that keeps a second simulator from writing the same journals.
    _data_dir: Option<File>,
}

impl Simulator {
    /// Starts a simulator and resumes what an earlier one left in the data directory.
    ///
    /// # Errors
    /// When the address or the data directory cannot be used, or the configuration is invalid.
    pub async fn start(config: SimConfig, clock: Arc<dyn Clock>) -> Result<Self, SimError> {
        config.chaos.validate()?;
        let bind = config.bind;
        let sender = WebhookSender::new(config.webhook_timeout)?;
        let data_dir = config
            .data_dir
            .as_deref()
            .map(data_dir::claim)
            .transpose()?;
        let signer = signer(&config)?;
        let (store, unfinished) = match config.data_dir.as_deref() {
            Some(path) => Store::open(path)?,
            None => (Store::default(), Unfinished::default()),
        };
        let carrier = Arc::new(Carrier::new(config, clock, store, signer));
        carrier.resume(unfinished);

        let unbound = |source| SimError::Bind {
            address: bind,
            source,
        };
        let listener = TcpListener::bind(bind).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let acceptor = TcpAcceptor::from_tokio(listener).map_err(unbound)?;
        let (stop, server) = serve(acceptor, &carrier);
        let dispatcher = tokio::spawn(Dispatcher::new(Arc::clone(&carrier), sender).run());
        Ok(Self {
            carrier,
            address,
            stop: Some(stop),
            server,
            dispatcher,
            _data_dir: data_dir,
        })
    }

    /// The base URL for Telnyx clients, including `/v2`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v2", self.address)
    }

    /// The base URL of the control endpoints, including `/sim`.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}/sim", self.address)
    }

    /// The public key that verifies webhooks: 32 bytes in base64.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.carrier.signer.public_key()
    }

    /// Every accepted message in order of acceptance, including those of earlier runs.
    #[must_use]
    pub fn ledger(&self) -> Vec<LedgerEntry> {
        self.carrier
            .store
            .ledger()
            .iter()
            .map(|entry| entry.as_ref().clone())
            .collect()
    }

    /// Changes the profile's webhook URL ([`SimConfig::inbound_webhook_url`]).
    pub fn set_inbound_webhook_url(&self, url: Option<&str>) {
        self.carrier.set_profile_url(url);
    }

    /// Replaces the faults for all further requests.
    ///
    /// # Errors
    /// When the faults are invalid; the old ones stay then.
    pub fn set_chaos(&self, chaos: Chaos) -> Result<(), ChaosError> {
        self.carrier.set_chaos(chaos)
    }

    /// Receives a text from a person, and returns the message's id at the carrier.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing is received then.
    pub fn receive(&self, text: InboundText) -> std::io::Result<Uuid> {
        self.carrier.receive(ids::random(), text)
    }

    /// Returns once no webhook or reply is due by the clock and none is under way. A test with a manual
    /// clock awaits this after moving the clock.
    pub async fn settled(&self) {
        self.carrier
            .queue
            .settled(|| self.carrier.clock.now())
            .await;
    }

    /// Stops listening and waits until the open requests have ended.
    pub async fn shutdown(mut self) {
        self.dispatcher.abort();
        if let Some(stop) = self.stop.take() {
            // Sending fails only if the server has already ended.
            let _ = stop.send(());
        }
        match (&mut self.server).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the simulator's server failed"),
            Err(error) => tracing::warn!(%error, "the simulator's server was lost"),
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.dispatcher.abort();
    }
}

fn signer(config: &SimConfig) -> Result<Signer, SimError> {
    let seed = match (config.signing_seed, config.data_dir.as_deref()) {
        (Some(seed), _) => seed,
        (None, Some(path)) => data_dir::signing_seed(path)?,
        (None, None) => Signer::random_seed().ok_or(SimError::SigningSeed)?,
    };
    Signer::from_seed(&seed).ok_or(SimError::SigningSeed)
}

fn serve(
    acceptor: TcpAcceptor,
    carrier: &Arc<Carrier>,
) -> (oneshot::Sender<()>, JoinHandle<std::io::Result<()>>) {
    let connections = Arc::new(Connections::default());
    let acceptor = SeverableAcceptor::new(acceptor, Arc::clone(&connections));
    let routes = http::routes(Arc::clone(carrier), connections);
    let (stop, stopped) = oneshot::channel::<()>();
    let signal = async {
        // An error means that the simulator was dropped, which also stops the server.
        let _ = stopped.await;
    };
    let server = Server::new_with_acceptor(acceptor);
    let server = server.run_with_graceful_shutdown(routes, signal, Some(GRACE));
    (stop, tokio::spawn(server))
}
