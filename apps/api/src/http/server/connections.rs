//! The open connections of a listener: their limits, what each waits for, and which ones are closed to make
//! room. A connection that waits for its client may be closed at any time; one whose request is being
//! processed is never closed.
//!
//! This module must not know HTTP or sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::address::AddressGroup;
use super::connection::{Connection, Phase};

/// Connections that are closed together to make room, since choosing them scans all connections.
const CLOSED_AT_ONCE: usize = 8;

/// Limits of a listener's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Most open connections; at least 1.
    pub most: usize,
    /// Most open connections of one address (an IPv6 /64 network counts as one); at least 1. Proxies are
    /// exempt.
    pub most_per_address: usize,
    /// Time limit of an idle connection.
    pub idle: Duration,
    /// Time limit of the request line and headers, from their first byte.
    pub head: Duration,
    /// Time limit of a body; exceeding it closes the connection. Routes have a shorter limit, which answers
    /// 408.
    pub body: Duration,
    /// Time limit for a client to receive an answer.
    pub answer: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            most: 4096,
            most_per_address: 1024,
            // Longer than the 60 s after which most load balancers close their side.
            idle: Duration::from_secs(75),
            head: Duration::from_secs(10),
            body: Duration::from_secs(15),
            answer: Duration::from_secs(60),
        }
    }
}

impl ConnectionLimits {
    /// The default limits for this many connections, a quarter of them for one address.
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self {
            most: most.max(1),
            most_per_address: (most / 4).max(1),
            ..Self::default()
        }
    }

    /// Time limit of a phase; `None` = no limit, while the program works.
    fn of_phase(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Idle => Some(self.idle),
            Phase::Head => Some(self.head),
            Phase::Body => Some(self.body),
            Phase::Answer | Phase::Sent => Some(self.answer),
            Phase::Work => None,
        }
    }
}

/// All open connections of a listener.
pub(super) struct Connections {
    listener: &'static str,
    limits: ConnectionLimits,
    open: Mutex<Open>,
    freed: Notify,
}

#[derive(Default)]
struct Open {
    last: u64,
    connections: HashMap<u64, Arc<Connection>>,
    peers: HashMap<AddressGroup, Peer>,
}

#[derive(Default)]
struct Peer {
    open: usize,
    is_proxy: bool,
}

/// The result of a registration.
pub(super) enum Room {
    /// Registered until the guard is dropped.
    Taken(Registered),
    /// No room yet: other connections are being closed.
    Soon,
    /// No room: the requests of all connections are being processed.
    None,
}

impl Connections {
    pub(super) fn new(listener: &'static str, limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            listener,
            limits,
            open: Mutex::default(),
            freed: Notify::new(),
        })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a connection; if there is no room, closes some that wait for their clients.
    pub(super) fn register(self: &Arc<Self>, peer: AddressGroup, is_proxy: bool) -> Room {
        let mut open = self.open();
        let known = open.peers.get(&peer);
        let is_proxy = is_proxy || known.is_some_and(|known| known.is_proxy);
        let of_peer = known.map_or(0, |known| known.open);
        if !is_proxy && of_peer >= self.limits.most_per_address {
            return self.make_room(&open, Some(peer), "address");
        }
        if open.connections.len() >= self.limits.most {
            return self.make_room(&open, None, "full");
        }
        open.last += 1;
        let (number, connection) = (open.last, Arc::new(Connection::new(peer)));
        open.connections.insert(number, Arc::clone(&connection));
        let entry = open.peers.entry(peer).or_default();
        entry.open += 1;
        entry.is_proxy = is_proxy;
        self.show(&open);
        Room::Taken(Registered {
            number,
            connection,
            all: Arc::clone(self),
        })
    }

    fn make_room(&self, open: &Open, peer: Option<AddressGroup>, reason: &'static str) -> Room {
        let is_meant = |one: &Connection| peer.is_none_or(|peer| peer == one.peer);
        let mut all = open.connections.values();
        if all.any(|one| is_meant(one) && one.is_closing()) {
            return Room::Soon;
        }
        let victims = open.longest_waiting(peer);
        for victim in &victims {
            self.close(victim, reason);
        }
        if victims.is_empty() {
            Room::None
        } else {
            Room::Soon
        }
    }

    fn close(&self, connection: &Connection, reason: &'static str) {
        connection.close();
        let labels = [("listener", self.listener), ("reason", reason)];
        metrics::counter!("http_connections_closed_total", &labels).increment(1);
    }

    /// Returns once a connection has ended.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Closes some that wait for their clients, because the process is out of file descriptors.
    pub(super) fn relieve(&self) {
        self.make_room(&self.open(), None, "files");
    }

    /// Closes connections that exceeded the time limit of their phase.
    pub(super) fn sweep(&self, now: Instant) {
        for one in self.open().connections.values() {
            let (phase, since) = one.phase();
            let limit = self.limits.of_phase(phase);
            let is_over = limit.is_some_and(|limit| now.saturating_duration_since(since) > limit);
            if is_over && !one.is_closing() {
                self.close(one, phase.name());
            }
        }
    }

    /// Marks a peer as a proxy while it has connections.
    pub(super) fn is_proxy(&self, peer: AddressGroup) {
        if let Some(peer) = self.open().peers.get_mut(&peer) {
            peer.is_proxy = true;
        }
    }

    fn end(&self, number: u64) {
        let mut open = self.open();
        if let Some(ended) = open.connections.remove(&number) {
            let peer = ended.peer;
            if let Some(entry) = open.peers.get_mut(&peer) {
                entry.open -= 1;
                if entry.open == 0 {
                    open.peers.remove(&peer);
                }
            }
        }
        self.show(&open);
        self.freed.notify_one();
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    fn show(&self, open: &Open) {
        metrics::gauge!("http_connections", "listener" => self.listener)
            .set(open.connections.len() as f64);
    }
}

impl Open {
    /// The longest-waiting connections of a peer, by default of the peer with the most connections.
    fn longest_waiting(&self, peer: Option<AddressGroup>) -> Vec<&Connection> {
        let mut waiting: HashMap<AddressGroup, Vec<(Instant, &Connection)>> = HashMap::new();
        for one in self.connections.values().map(Arc::as_ref) {
            if peer.is_none_or(|peer| peer == one.peer)
                && let Some(since) = one.waits_since()
            {
                waiting.entry(one.peer).or_default().push((since, one));
            }
        }
        let mut most = waiting
            .into_values()
            .max_by_key(Vec::len)
            .unwrap_or_default();
        most.sort_unstable_by_key(|(since, _)| *since);
        most.into_iter()
            .take(CLOSED_AT_ONCE)
            .map(|(_, one)| one)
            .collect()
    }
}

/// A registered connection; dropping it frees its place.
pub(super) struct Registered {
    number: u64,
    pub(super) connection: Arc<Connection>,
    pub(super) all: Arc<Connections>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.all.end(self.number);
    }
}

#[cfg(test)]
mod tests;
