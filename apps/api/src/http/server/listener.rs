//! Accepts connections and serves HTTP/1.1 within limits: no client can lock others out by opening
//! connections, by sending slowly, or by reading slowly. HTTP/2 is not supported
//! (`docs/adr/0017-own-listener.md`).

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::http::uri::Scheme;
use poem::http::{Request, Response};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep_until, timeout_at};

use super::address::{Origin, TrustedProxies};
use super::connection::{Connection, Phase};
use super::connections::{ConnectionLimits, Connections, Registered, Room};
use super::refusal::Refusals;
use super::watched::{Answer, Watched};

/// The line and the headers of a request, in bytes; more is answered with 431.
const MOST_HEAD: usize = 16 * 1024;

/// What is read ahead of a request, and what of an answer is kept to be written, in bytes.
const BUFFER: usize = 32 * 1024;

/// How often it is looked for connections whose time is over.
const SWEEP: Duration = Duration::from_secs(1);

/// The first pause after a failed accept; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Time limit for a connection to close after it was asked to.
const CLOSES_WITHIN: Duration = Duration::from_millis(500);

/// Settings of a listener.
#[derive(Debug, Clone, Default)]
pub struct ListenerSettings {
    /// Limits per client and in total.
    pub limits: ConnectionLimits,
    /// Proxies whose forwarded addresses are trusted; exempt from limits per address.
    pub proxies: TrustedProxies,
}

/// A bound address with an application behind it.
pub(crate) struct Listener<E> {
    /// Name in metrics.
    pub(crate) name: &'static str,
    pub(crate) socket: TcpListener,
    pub(crate) endpoint: Arc<E>,
    pub(crate) settings: ListenerSettings,
}

impl<E: Endpoint<Output = poem::Response> + 'static> Listener<E> {
    /// Serves until `stop` becomes true or its sender is dropped, then drains open requests for at most
    /// `drain`.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>, drain: Duration) {
        let site = Arc::new(Site {
            connections: Connections::new(self.name, self.settings.limits),
            proxies: self.settings.proxies,
            endpoint: self.endpoint,
            refusals: Refusals::new(self.name),
            local: self.socket.local_addr().ok(),
            stop: stop.clone(),
        });
        let mut tasks = JoinSet::new();
        let mut sweep = interval(SWEEP);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pause = Pause::default();
        loop {
            tokio::select! {
                () = told(&mut stop) => break,
                _ = sweep.tick() => site.connections.sweep(Instant::now()),
                Some(_) = tasks.join_next() => {}
                () = sleep_until(pause.until.into()), if pause.is_on => pause.is_on = false,
                taken = self.socket.accept(), if !pause.is_on => match taken {
                    Ok((stream, peer)) => {
                        pause = Pause::default();
                        site.take(&mut tasks, stream, peer).await;
                    }
                    Err(error) => pause.after(&error, self.name, &site.connections),
                },
            }
        }
        drop(self.socket);
        let until = tokio::time::Instant::now() + drain;
        let finish = async {
            while !tasks.is_empty() {
                tokio::select! {
                    _ = tasks.join_next() => {}
                    _ = sweep.tick() => site.connections.sweep(Instant::now()),
                }
            }
        };
        if timeout_at(until, finish).await.is_err() {
            tracing::warn!(listener = self.name, "connections were cut off");
        }
    }
}

/// No connection is taken for a while after one could not be: the reason, most likely that there are
/// no more descriptors, does not go away by asking again.
struct Pause {
    is_on: bool,
    until: Instant,
    next: Duration,
}

impl Default for Pause {
    fn default() -> Self {
        Self {
            is_on: false,
            until: Instant::now(),
            next: FIRST_PAUSE,
        }
    }
}

impl Pause {
    fn after(&mut self, error: &io::Error, listener: &'static str, connections: &Connections) {
        metrics::counter!("http_accept_errors_total", "listener" => listener).increment(1);
        let kind = error.kind();
        if matches!(
            kind,
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::Interrupted
        ) {
            return;
        }
        if self.next == FIRST_PAUSE {
            tracing::warn!(listener, %error, "a connection could not be taken");
        }
        connections.relieve();
        self.is_on = true;
        self.until = Instant::now() + self.next;
        self.next = (self.next * 2).min(LONGEST_PAUSE);
    }
}

/// What all connections of a listener share.
struct Site<E> {
    connections: Arc<Connections>,
    proxies: TrustedProxies,
    endpoint: Arc<E>,
    refusals: Refusals,
    local: Option<SocketAddr>,
    stop: watch::Receiver<bool>,
}

impl<E: Endpoint<Output = poem::Response> + 'static> Site<E> {
    /// Serves a connection in a task of its own, once there is room for it.
    async fn take(self: &Arc<Self>, tasks: &mut JoinSet<()>, stream: TcpStream, peer: SocketAddr) {
        let is_proxy = self.proxies.contains(peer.ip());
        let until = tokio::time::Instant::now() + CLOSES_WITHIN;
        loop {
            match self.connections.register(peer.ip().into(), is_proxy) {
                Room::Taken(registered) => {
                    tasks.spawn(Arc::clone(self).serve(stream, peer, registered));
                    return;
                }
                Room::Soon if timeout_at(until, self.connections.freed()).await.is_ok() => {}
                Room::Soon | Room::None => return self.refusals.refuse(stream),
            }
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, registered: Registered) {
        let connection = Arc::clone(&registered.connection);
        let mut stop = self.stop.clone();
        // Until something arrives a connection takes up its socket and nothing else.
        tokio::select! {
            _ = stream.readable() => {}
            () = connection.closed() => return,
            () = told(&mut stop) => return,
        }
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request| {
            let (answer, connection) = (self.answer(request, peer, &connection), &connection);
            async move {
                let response: Response<_> = answer.await.into();
                let watched = |body| Answer::new(body, Arc::clone(connection));
                Ok::<_, Infallible>(response.map(watched))
            }
        });
        let socket = TokioIo::new(Watched::new(stream, Arc::clone(&connection)));
        let served = http1::Builder::new()
            .max_buf_size(BUFFER)
            .max_header_size(MOST_HEAD)
            .serve_connection(socket, service);
        let mut served = pin!(served);
        tokio::select! {
            _ = served.as_mut() => return,
            () = connection.closed() => return,
            () = told(&mut stop) => {}
        }
        if connection.is_idle() {
            return;
        }
        served.as_mut().graceful_shutdown();
        tokio::select! {
            _ = served => {}
            () = connection.closed() => {}
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        connection: &Arc<Connection>,
    ) -> poem::Response {
        connection.enter(Phase::Work);
        let origin = self.proxies.origin(peer.ip(), request.headers());
        if origin == Origin::UnnamedProxy {
            self.connections.is_proxy(peer.ip().into());
        }
        let local = self.local.map_or_else(Addr::default, Addr::from);
        let mut request = poem::Request::from((
            request,
            LocalAddr(local),
            RemoteAddr(Addr::from(peer)),
            Scheme::HTTP,
        ));
        request.extensions_mut().insert(origin);
        request.extensions_mut().insert(Arc::clone(connection));
        self.endpoint.get_response(request).await
    }
}

/// Returns once `stop` is true or its sender is dropped.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests;
