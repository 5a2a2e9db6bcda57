//! One open connection: where it is in its request, and whether it waits for its client.
//!
//! This module must not know HTTP or sockets.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::address::AddressGroup;

/// Where a connection is in its current request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No request has begun.
    Idle,
    /// The line and the headers of a request arrive.
    Head,
    /// The program works.
    Work,
    /// The program waits for the body.
    Body,
    /// The answer is sent.
    Answer,
    /// The answer is complete, but some of it may still have to be handed to the system.
    Sent,
}

impl Phase {
    /// What metrics call it.
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

/// One open connection, as the one who serves it sees it.
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

    /// Enters a phase, from whatever was before.
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

    /// From now until the guard is dropped the program waits for the body of the request.
    pub(crate) fn awaits_body(self: &Arc<Self>) -> AwaitsBody {
        self.enter(Phase::Body);
        AwaitsBody(Arc::clone(self))
    }

    /// Tells whoever serves it to close it.
    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
        self.close.notify_one();
    }

    /// Whether it was told to close.
    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Relaxed)
    }

    /// Since when it waits for its client; `None` while the program works.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        let (phase, since) = *self.lock();
        (phase != Phase::Work && !self.is_closing()).then_some(since)
    }
}

/// A connection whose program waits for a body.
pub(crate) struct AwaitsBody(Arc<Connection>);

impl Drop for AwaitsBody {
    fn drop(&mut self) {
        self.0.pass(Phase::Body, Phase::Work);
    }
}
