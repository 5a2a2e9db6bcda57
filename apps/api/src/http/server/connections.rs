//! The open connections of a listener: how many there may be, what each waits for, and which one is
//! closed when there is no room for another. A connection that waits for its client can be closed
//! at any time; one that the program works for never is.
//!
//! This module must not know HTTP or sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::address::AddressGroup;
use super::connection::{Connection, Phase};

/// Connections that are closed at once when there is no room: choosing them looks at all.
const CLOSED_AT_ONCE: usize = 8;

/// What a listener lets its clients take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open connections; at least 1.
    pub most: usize,
    /// Open connections of one address (an IPv6 network of 64 bits counts as one); at least 1. Does
    /// not hold for proxies.
    pub most_per_address: usize,
    /// How long a connection may stay open without a request.
    pub idle: Duration,
    /// How long the line and the headers of a request may take, from their first byte.
    pub head: Duration,
    /// How long a body may take. Routes have a shorter limit that is answered with 408; this one
    /// closes the connection.
    pub body: Duration,
    /// How long a client may take to receive an answer.
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
    /// The usual limits with room for so many connections, a quarter of them for one address.
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self {
            most: most.max(1),
            most_per_address: (most / 4).max(1),
            ..Self::default()
        }
    }

    /// How long a connection may stay in a phase; `None` = as long as the program needs.
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

/// Whether there is room for one more.
pub(super) enum Room {
    /// There is: it is registered until the guard is dropped.
    Taken(Registered),
    /// Others are being closed to make room.
    Soon,
    /// There is none: the program works for all connections.
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

    /// Registers a connection; when there is no room, closes some that wait for their clients.
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

    /// Closes some that wait for their clients: the machine has no more descriptors.
    pub(super) fn relieve(&self) {
        self.make_room(&self.open(), None, "files");
    }

    /// Closes what has waited for its client for too long.
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

    /// Remembers that a peer speaks for others while it has connections.
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
    /// Those of a peer, or of the peer with most of them, that have waited for longest.
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

/// A place among the open connections, given back when dropped.
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
