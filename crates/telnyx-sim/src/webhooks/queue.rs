//! The queue of webhook jobs, by due time.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::{
    course::{self, Step},
    inbound::InboundMessage,
    ledger::LedgerEntry,
    sync::lock,
};

/// One attempt at one step, and the following steps of the same message.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) subject: Subject,
    /// The step's index; a received message has only step 0.
    pub(crate) step: usize,
    /// Number of earlier attempts.
    pub(crate) tries: u32,
    /// Steps to start after this job's first attempt.
    pub(crate) next: Vec<usize>,
}

/// The message to which the step belongs.
#[derive(Clone)]
pub(crate) enum Subject {
    Sent(Arc<LedgerEntry>),
    Received(Arc<InboundMessage>),
}

impl Subject {
    pub(crate) fn id(&self) -> Uuid {
        match self {
            Self::Sent(entry) => entry.id,
            Self::Received(message) => message.id,
        }
    }
}

impl Job {
    /// The job for the first of the `steps` of a sent message, with its due time.
    pub(crate) fn first_of(
        entry: &Arc<LedgerEntry>,
        plan: &[Step],
        steps: Vec<usize>,
    ) -> Option<(DateTime<Utc>, Self)> {
        let mut steps = steps.into_iter();
        let step = steps.next()?;
        let due = plan.get(step)?.due;
        let subject = Subject::Sent(Arc::clone(entry));
        Some((
            due,
            Self {
                subject,
                step,
                tries: 0,
                next: steps.collect(),
            },
        ))
    }

    /// The job that starts once the first attempt of this one has ended.
    pub(crate) fn following(&mut self) -> Option<(DateTime<Utc>, Self)> {
        let next = std::mem::take(&mut self.next);
        match &self.subject {
            Subject::Sent(entry) => Self::first_of(entry, &course::steps(entry), next),
            Subject::Received(_) => None,
        }
    }

    pub(crate) fn received(message: &Arc<InboundMessage>) -> Self {
        let subject = Subject::Received(Arc::clone(message));
        Self {
            subject,
            step: 0,
            tries: 0,
            next: Vec::new(),
        }
    }
}

/// Jobs by due time; jobs that are due at the same instant keep their insertion order.
pub(crate) struct WebhookQueue {
    waiting: Mutex<Waiting>,
    /// Signalled when the earliest due time changes.
    pub(super) changed: Notify,
    /// The number of ended jobs, to wait for the next one.
    ended: watch::Sender<u64>,
}

#[derive(Default)]
struct Waiting {
    heap: BinaryHeap<Reverse<Entry>>,
    pushed: u64,
    running: usize,
}

struct Entry {
    key: (DateTime<Utc>, u64),
    job: Job,
}

impl WebhookQueue {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            changed: Notify::new(),
            ended: watch::Sender::new(0),
        }
    }

    pub(crate) fn push(&self, due: DateTime<Utc>, job: Job) {
        let mut waiting = lock(&self.waiting);
        let earliest = waiting
            .heap
            .peek()
            .is_none_or(|Reverse(first)| due < first.key.0);
        waiting.pushed += 1;
        let key = (due, waiting.pushed);
        waiting.heap.push(Reverse(Entry { key, job }));
        drop(waiting);
        if earliest {
            self.changed.notify_one();
        }
    }

    /// Takes a due job; it counts as running until [`Self::end`].
    pub(super) fn take_due(&self, now: DateTime<Utc>) -> Option<Job> {
        let mut waiting = lock(&self.waiting);
        if waiting
            .heap
            .peek()
            .is_none_or(|Reverse(first)| first.key.0 > now)
        {
            return None;
        }
        let Reverse(entry) = waiting.heap.pop()?;
        waiting.running += 1;
        Some(entry.job)
    }

    /// Records that a running job has ended, after its successors were added.
    pub(super) fn end(&self) {
        lock(&self.waiting).running -= 1;
        self.ended.send_modify(|count| *count += 1);
    }

    /// When the next job is due.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        lock(&self.waiting)
            .heap
            .peek()
            .map(|Reverse(first)| first.key.0)
    }

    /// Returns once no job runs and none is due. `now` is called again for each check.
    pub(crate) async fn settled(&self, now: impl Fn() -> DateTime<Utc>) {
        let mut ended = self.ended.subscribe();
        while !self.is_settled(now()) {
            if ended.changed().await.is_err() {
                return;
            }
        }
    }

    fn is_settled(&self, now: DateTime<Utc>) -> bool {
        let waiting = lock(&self.waiting);
        waiting.running == 0
            && waiting
                .heap
                .peek()
                .is_none_or(|Reverse(first)| first.key.0 > now)
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Entry {}
