//! Callers that wait at the same time are served together: everything that waits is answered with one
//! transaction or one query. There is no timer, so a caller who is alone waits for nobody; the busier
//! the process, the larger the groups.
//!
//! A group that could start while another is under way waits for it, unless it is large enough: small
//! groups at once cost more than one large group after the other.
//!
//! A group that takes long blocks nobody: the next ones start beside it, and a deadline ends it. No more
//! callers wait than a bound; whoever comes then is sent away at once.
//!
//! This module must not know what the callers want.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sms_domain::ports::Unavailable;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::StoreError;

/// Handles the requests of one group at once.
#[async_trait]
pub(crate) trait BatchHandler: Send + Sync + 'static {
    /// What it is called in metrics.
    const NAME: &'static str;
    /// What one caller asks.
    type Request: Send + 'static;
    /// What one caller is answered.
    type Answer: Send + 'static;

    /// A group is full when its weights reach this.
    const FULL: usize;
    /// A group of this weight need not wait for one that is under way.
    const ENOUGH: usize;
    /// Groups that are under way at most, besides those that are late.
    const AT_ONCE: usize;

    /// What a request adds to its group.
    fn weight(request: &Self::Request) -> usize;

    /// One answer per request, in their order.
    async fn handle(&self, requests: Vec<Self::Request>) -> Result<Vec<Self::Answer>, Unavailable>;
}

/// How patient a queue is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Callers that wait for a group, at most.
    waiting: usize,
    /// A group that is under way for so long is late: others no longer wait for it.
    late_after: Duration,
    /// Late groups, at most: each may hold a connection.
    late: usize,
    /// A group that is under way for so long is given up.
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

/// Where callers queue up. The task behind it ends with the last clone.
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
    /// Starts the task, on the runtime of the caller.
    pub(crate) fn start(handler: H) -> Self {
        Self::bounded(handler, Bounds::default())
    }

    fn bounded(handler: H, bounds: Bounds) -> Self {
        let (sender, queue) = mpsc::channel(bounds.waiting);
        tokio::spawn(serve_all(Arc::new(handler), queue, bounds));
        Self(sender)
    }

    /// Asks, together with whoever else waits. A caller who goes away before its group starts is not
    /// served; after that it is served all the same.
    ///
    /// # Errors
    /// [`StoreError::Full`]: nothing was done. [`StoreError::Overdue`]: that is not known.
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

/// Those who wait for the next group.
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

/// The groups that are under way, on tasks of their own, so that a defect in one does not end the queue.
struct UnderWay {
    groups: JoinSet<()>,
    /// When each is late.
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

/// Waits until the group may start, and takes everybody who is there by then; `None` at the end.
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
                // The end; whoever still waits is served.
                None if group.waiting.is_empty() => return None,
                None => return Some(()),
            },
            () = under_way.change(), if !under_way.late_at.is_empty() => {}
        }
    }
}

/// All callers of a group that failed get the same error.
fn answer<A>(
    callers: Vec<oneshot::Sender<Result<A, Unavailable>>>,
    served: Result<Vec<A>, Unavailable>,
) {
    match served {
        Ok(answers) => {
            for (caller, answer) in callers.into_iter().zip(answers) {
                // It fails when the caller went away.
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

/// An error that several callers get.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
struct Shared(Arc<dyn std::error::Error + Send + Sync>);

#[cfg(test)]
mod tests;
