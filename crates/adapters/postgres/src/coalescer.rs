//! Batches concurrent requests: all waiting requests are answered with one transaction or one query. There
//! is no timer, so a single request is never delayed; under load the groups grow.
//!
//! A group waits for the group in progress unless it is large enough: several small groups at once cost more
//! than one large group after another.
//!
//! A slow group blocks no other: the next groups start beside it, and a deadline ends it. The number of
//! waiting requests is bounded; requests beyond the bound are rejected at once.
//!
//! This module must not know what the requests ask for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sms_domain::ports::Unavailable;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::StoreError;

/// Handles all requests of a group together.
#[async_trait]
pub(crate) trait BatchHandler: Send + Sync + 'static {
    /// Name in metrics.
    const NAME: &'static str;
    /// One caller's request.
    type Request: Send + 'static;
    /// The answer to one request.
    type Answer: Send + 'static;

    /// Total weight at which a group is full.
    const FULL: usize;
    /// Total weight from which a group starts beside another.
    const ENOUGH: usize;
    /// Most groups in progress, late groups not counted.
    const AT_ONCE: usize;

    /// Weight of a request.
    fn weight(request: &Self::Request) -> usize;

    /// Returns one answer per request, in the same order.
    async fn handle(&self, requests: Vec<Self::Request>) -> Result<Vec<Self::Answer>, Unavailable>;
}

/// Limits of a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Most waiting requests.
    waiting: usize,
    /// Time after which a group is late and others no longer wait for it.
    late_after: Duration,
    /// Most late groups: each may hold a connection.
    late: usize,
    /// Time after which a group is abandoned.
    longest: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            waiting: 2048,
            late_after: Duration::from_secs(1),
            late: 2,
            longest: Duration::from_secs(8),
        }
    }
}

/// The queue of requests. Its task ends when the last clone is dropped.
pub(crate) struct Coalescer<H: BatchHandler>(mpsc::Sender<Waiting<H>>);

impl<H: BatchHandler> Clone for Coalescer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Waiting<H: BatchHandler> {
    request: H::Request,
    caller: oneshot::Sender<Result<H::Answer, Unavailable>>,
}

impl<H: BatchHandler> Coalescer<H> {
    /// Starts the queue's task on the current runtime.
    pub(crate) fn start(handler: H) -> Self {
        Self::bounded(handler, Bounds::default())
    }

    fn bounded(handler: H, bounds: Bounds) -> Self {
        let (sender, queue) = mpsc::channel(bounds.waiting);
        tokio::spawn(serve_all(Arc::new(handler), queue, bounds));
        Self(sender)
    }

    /// Submits a request and waits for its answer. If the future is dropped before its group starts, the
    /// request is discarded; after that it is handled all the same.
    ///
    /// # Errors
    /// [`StoreError::Full`]: nothing was done. [`StoreError::Overdue`]: the outcome is unknown.
    pub(crate) async fn ask(&self, request: H::Request) -> Result<H::Answer, Unavailable> {
        let (caller, answer) = oneshot::channel();
        match self.0.try_send(Waiting { request, caller }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("sms_shed_total", "at" => H::NAME).increment(1);
                return Err(StoreError::Full.into());
            }
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(StoreError::Ended.into()),
        }
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Ended.into()))
    }
}

/// The requests that wait for the next group.
struct Group<H: BatchHandler> {
    waiting: Vec<Waiting<H>>,
    weight: usize,
}

impl<H: BatchHandler> Group<H> {
    const fn empty() -> Self {
        Self {
            waiting: Vec::new(),
            weight: 0,
        }
    }

    const fn is_full(&self) -> bool {
        self.weight >= H::FULL
    }

    fn push(&mut self, waiting: Waiting<H>) {
        self.weight += H::weight(&waiting.request);
        self.waiting.push(waiting);
    }

    async fn serve(self, handler: Arc<H>, longest: Duration) {
        let still_there = |waiting: &Waiting<H>| !waiting.caller.is_closed();
        let (requests, callers): (Vec<_>, Vec<_>) = self
            .waiting
            .into_iter()
            .filter(still_there)
            .map(|waiting| (waiting.request, waiting.caller))
            .unzip();
        if requests.is_empty() {
            return;
        }
        let served = timeout(longest, handler.handle(requests)).await;
        answer(
            callers,
            served.unwrap_or_else(|_| Err(StoreError::Overdue.into())),
        );
    }
}

/// The groups in progress, each on its own task, so that a panic in one does not end the queue.
struct UnderWay {
    groups: JoinSet<()>,
    /// When each group becomes late.
    late_at: HashMap<Id, Instant>,
    bounds: Bounds,
}

impl UnderWay {
    fn start<H: BatchHandler>(&mut self, group: Group<H>, handler: &Arc<H>) {
        let served = group.serve(Arc::clone(handler), self.bounds.longest);
        let id = self.groups.spawn(served).id();
        self.late_at
            .insert(id, Instant::now() + self.bounds.late_after);
    }

    fn may_start<H: BatchHandler>(&self, group: &Group<H>) -> bool {
        let now = Instant::now();
        let late = self.late_at.values().filter(|at| **at <= now).count();
        let timely = self.late_at.len() - late;
        let is_enough = group.weight >= H::ENOUGH && timely < H::AT_ONCE;
        !group.waiting.is_empty() && late <= self.bounds.late && (timely == 0 || is_enough)
    }

    fn forget_ended(&mut self) {
        while let Some(ended) = self.groups.try_join_next_with_id() {
            self.forget(ended);
        }
    }

    fn forget(&mut self, ended: Result<(Id, ()), tokio::task::JoinError>) {
        let id = ended.map_or_else(|lost| lost.id(), |(id, ())| id);
        self.late_at.remove(&id);
    }

    /// Waits until a group ends or becomes late.
    async fn change(&mut self) {
        let now = Instant::now();
        let next = self.late_at.values().filter(|at| **at > now).min().copied();
        let late = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(ended) = self.groups.join_next_with_id() => self.forget(ended),
            () = late => {}
        }
    }
}

async fn serve_all<H: BatchHandler>(
    handler: Arc<H>,
    mut queue: mpsc::Receiver<Waiting<H>>,
    bounds: Bounds,
) {
    let mut under_way = UnderWay {
        groups: JoinSet::new(),
        late_at: HashMap::new(),
        bounds,
    };
    let mut group = Group::empty();
    while let Some(()) = gather(&mut group, &mut queue, &mut under_way).await {
        let complete = std::mem::replace(&mut group, Group::empty());
        under_way.start(complete, &handler);
    }
    while under_way.groups.join_next().await.is_some() {}
}

/// Waits until the group may start and takes all requests that wait by then; `None` at the end.
async fn gather<H: BatchHandler>(
    group: &mut Group<H>,
    queue: &mut mpsc::Receiver<Waiting<H>>,
    under_way: &mut UnderWay,
) -> Option<()> {
    loop {
        while let Some(next) = (!group.is_full()).then(|| queue.try_recv().ok()).flatten() {
            group.push(next);
        }
        under_way.forget_ended();
        if under_way.may_start(group) {
            return Some(());
        }
        tokio::select! {
            next = queue.recv(), if !group.is_full() => match next {
                Some(next) => group.push(next),
                // The queue is closed; the waiting requests are still handled.
                None if group.waiting.is_empty() => return None,
                None => return Some(()),
            },
            () = under_way.change(), if !under_way.late_at.is_empty() => {}
        }
    }
}

/// All requests of a failed group get the same error.
fn answer<A>(
    callers: Vec<oneshot::Sender<Result<A, Unavailable>>>,
    served: Result<Vec<A>, Unavailable>,
) {
    match served {
        Ok(answers) => {
            for (caller, answer) in callers.into_iter().zip(answers) {
                // Fails if the caller was dropped.
                let _ = caller.send(Ok(answer));
            }
        }
        Err(Unavailable(error)) => {
            let error = Shared(Arc::from(error));
            for caller in callers {
                let _ = caller.send(Err(Unavailable(Box::new(error.clone()))));
            }
        }
    }
}

/// An error that several callers share.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
struct Shared(Arc<dyn std::error::Error + Send + Sync>);

#[cfg(test)]
mod tests;
