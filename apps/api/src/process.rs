//! One running process: the API, the dispatch loop, or both, until a stop signal.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusHandle;
use sms_application::{DispatchLoopSettings, LawError, LawInUse};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::http::server::ListenerSettings;
use crate::http::{AppState, Limits, serve_api, serve_metrics};
use crate::wiring::{ClockAndIds, System};

/// How long a process may take to stop: less than what a supervisor usually waits before it kills.
const STOP: Duration = Duration::from_secs(27);

/// What runs in a process.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    law: Option<JoinHandle<Result<(), LawError>>>,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            stop: watch::Sender::new(false),
            tasks: Vec::new(),
            law: None,
        }
    }
}

impl Running {
    /// Serves the API on an address that is bound already.
    pub fn serve(&mut self, listener: TcpListener, state: &AppState, settings: ListenerSettings) {
        let stop = self.stop.subscribe();
        let serving = serve_api(listener, state, settings, stop);
        self.tasks.push(tokio::spawn(serving));
    }

    /// Shows the metrics, and nothing else, on an address that is bound already.
    pub fn serve_metrics(&mut self, listener: TcpListener, metrics: PrometheusHandle) {
        let stop = self.stop.subscribe();
        let serving = serve_metrics(listener, metrics, stop);
        self.tasks.push(tokio::spawn(serving));
    }

    /// Measures what waits, where the metrics of this process are shown.
    pub fn watch(&mut self, system: &System) {
        let (backlog, stop) = (system.backlog.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { backlog.run(stop).await }));
    }

    /// Dispatches messages, posts events, follows pauses, mirrors the carrier's opt-outs, takes texts to new numbers,
    /// reads the files that leads sent, watches the numbers, and removes what is not kept any longer.
    pub fn dispatch(&mut self, system: &System, settings: DispatchLoopSettings) {
        let (dispatch_loop, stop) = (system.dispatch_loop(settings), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { dispatch_loop.run(stop).await }));
        let (webhooks, stop) = (system.webhook_loop(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { webhooks.run(stop).await }));
        let (mirror, stop) = (system.maintenance.mirror.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { mirror.run(stop).await }));
        let (retention, stop) = (system.retention.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { retention.run(stop).await }));
        let (pauses, stop) = (system.follow_pauses.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { pauses.run(stop).await }));
        let (awaited, stop) = (system.maintenance.awaited.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { awaited.run(stop).await }));
        let (media, stop) = (system.received_media.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { media.run(stop).await }));
        let (numbers, stop) = (system.maintenance.numbers.clone(), self.stop.subscribe());
        self.tasks
            .push(tokio::spawn(async move { numbers.run(stop).await }));
    }

    /// Says at intervals by which law this process judges, and stops the process when another law has
    /// taken its place.
    pub fn keep_law(&mut self, law: LawInUse) {
        let stop = self.stop.clone();
        self.law = Some(tokio::spawn(async move {
            let ended = law.run(stop.subscribe()).await;
            if ended.is_err() {
                stop.send_replace(true);
            }
            ended
        }));
    }

    /// Waits for the stop signal, or until the process must not judge any longer, then drains.
    ///
    /// # Errors
    /// [`LawError::Excluded`] if another law has taken the place of this process's.
    pub async fn until(mut self, mut signals: Signals) -> anyhow::Result<()> {
        let mut stopped = self.stop.subscribe();
        tokio::select! {
            () = signals.received() => {}
            _ = stopped.wait_for(|is_stopped| *is_stopped) => {}
        }
        tracing::info!("stopping: taking nothing more, finishing what is under way");
        let law = self.law.take();
        self.stop().await;
        match law {
            Some(law) => Ok(law.await??),
            None => Ok(()),
        }
    }

    /// Takes nothing more and waits for what is under way, 27 seconds at most.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let by = Instant::now() + STOP;
        for mut task in self.tasks {
            match timeout_at(by, &mut task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "a part of the process died"),
                Err(_) => {
                    tracing::error!("a part of the process does not stop and is left");
                    task.abort();
                }
            }
        }
    }
}

/// Binds an address that the setting `name` gave.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn bind(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let taken = || format!("cannot listen on {address} (set {name} to another address)");
    TcpListener::bind(address).await.with_context(taken)
}

/// The state of an application over a system.
#[must_use]
pub fn state(system: &System, parts: StateParts) -> AppState {
    AppState {
        use_cases: system.use_cases.clone(),
        reads: system.stores().reads.clone(),
        campaigns: Arc::new(system.campaigns.clone()),
        own_numbers: Arc::new(system.own_numbers.clone()),
        overview: system.stores().overview.clone(),
        pauses: Arc::new(system.pausing.clone()),
        wallets: system.stores().wallets.clone(),
        usage: system.stores().usage.clone(),
        readiness: system.stores().readiness.clone(),
        keys: system.stores().keys.clone(),
        page_tokens: system.page_tokens.clone(),
        files: system.files.clone(),
        clock: parts.clock_and_ids.clock,
        ids: parts.clock_and_ids.ids,
        limits: parts.limits,
        problem_base: String::new(),
    }
}

/// What an application needs besides the system.
pub struct StateParts {
    /// Time and identifiers.
    pub clock_and_ids: ClockAndIds,
    /// What a request may take up.
    pub limits: Limits,
}

/// What tells a process to stop: SIGTERM and SIGINT. Before they are listened to they end it at once,
/// so listen before anything is served that must be drained.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When signals cannot be received.
    pub fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The result of `work`; `None` if the stop signal arrives first.
    pub async fn unless_received<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.received() => None,
            done = work => Some(done),
        }
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    async fn get_once(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn the_page_of_metrics_shows_them_and_nothing_else() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || metrics::counter!("kept").increment(7));
        let listener = bind("BIND", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut running = Running::default();
        running.serve_metrics(listener, recorder.handle());
        assert!(get_once(address, "/metrics").await.contains("kept 7"));
        let other = get_once(address, "/sms/send").await;
        assert!(other.starts_with("HTTP/1.1 404"), "{other}");
        running.stop().await;
    }
}
