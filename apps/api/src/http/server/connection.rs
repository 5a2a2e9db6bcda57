//! One open connection: the phase of its request, and whether it waits for its client.
//!
//! This module must not know HTTP or sockets.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::address::AddressGroup;

/// The phase of a connection's current request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No request has begun.
    Idle,
    /// The line and the headers of a request arrive.
    Head,
    /// The request is being processed.
    Work,
    /// The program waits for the body.
    Body,
    /// The answer is sent.
    Answer,
    /// The answer is complete, but part of it may not have been passed to the operating system.
    Sent,
}

impl Phase {
    /// Name in metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Head => "head",
            Self::Body => "body",
            Self::Answer | Self::Sent => "answer",
            Self::Work => "work",
        }
    }
}

/// The handle of the task that serves a connection.
pub(crate) struct Connection {
    pub(super) peer: AddressGroup,
    state: Mutex<(Phase, Instant)>,
    is_closing: AtomicBool,
    close: Notify,
}

impl Connection {
    pub(super) fn new(peer: AddressGroup) -> Self {
        Self {
            peer,
            state: Mutex::new((Phase::Idle, Instant::now())),
            is_closing: AtomicBool::new(false),
            close: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its phase, and since when.
    pub(super) fn phase(&self) -> (Phase, Instant) {
        *self.lock()
    }

    /// Enters a phase unconditionally.
    pub(super) fn enter(&self, phase: Phase) {
        *self.lock() = (phase, Instant::now());
    }

    /// Enters a phase if it is in another one now.
    pub(super) fn pass(&self, from: Phase, to: Phase) {
        let mut state = self.lock();
        if state.0 == from {
            *state = (to, Instant::now());
        }
    }

    /// Whether no request has begun.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().0 == Phase::Idle
    }

    /// Returns once the connection is to be closed.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    /// Marks the connection as waiting for the request's body until the guard is dropped.
    pub(crate) fn awaits_body(self: &Arc<Self>) -> AwaitsBody {
        self.enter(Phase::Body);
        AwaitsBody(Arc::clone(self))
    }

    /// Tells the serving task to close the connection.
    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
        self.close.notify_one();
    }

    /// Whether the connection was asked to close.
    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Relaxed)
    }

    /// Since when it waits for its client; `None` while the request is being processed.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        let (phase, since) = *self.lock();
        (phase != Phase::Work && !self.is_closing()).then_some(since)
    }
}

/// Marks a connection as waiting for a body.
pub(crate) struct AwaitsBody(Arc<Connection>);

impl Drop for AwaitsBody {
    fn drop(&mut self) {
        self.0.pass(Phase::Body, Phase::Work);
    }
}
