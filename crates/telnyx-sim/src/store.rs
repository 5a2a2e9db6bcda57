//! The simulator's state: accepted and received messages, blocks, and pending steps. With a data
//! directory it is written to journals and read back at start.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::Path,
    sync::{Arc, Mutex},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    SimError, course,
    inbound::{InboundMessage, OptOut, OptOuts},
    journal::Journal,
    ledger::{Accepted, LedgerEntry},
    sync::lock,
};

/// Messages, blocks and their journals.
#[derive(Default)]
pub(crate) struct Store {
    ledger: Journal,
    inbound: Journal,
    finished: Journal,
    accepted: Mutex<Accepted>,
    received: Mutex<HashMap<Uuid, Arc<InboundMessage>>>,
    opt_outs: Mutex<OptOuts>,
}

/// A step that needs no more work: a line of `finished.jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) message: Uuid,
    pub(crate) step: usize,
}

/// The work that an earlier run left unfinished.
#[derive(Default)]
pub(crate) struct Unfinished {
    /// The accepted messages, each with its pending steps.
    pub(crate) accepted: Vec<(Arc<LedgerEntry>, Vec<usize>)>,
    /// The received messages whose webhook is pending.
    pub(crate) received: Vec<Arc<InboundMessage>>,
}

impl Store {
    /// Opens the journals in `directory`, which must exist.
    pub(crate) fn open(directory: &Path) -> Result<(Self, Unfinished), SimError> {
        let (ledger, entries) = Journal::open::<LedgerEntry>(&directory.join("ledger.jsonl"))?;
        let (inbound, texts) = Journal::open::<InboundMessage>(&directory.join("inbound.jsonl"))?;
        let (finished, done) = Journal::open::<Finished>(&directory.join("finished.jsonl"))?;
        let store = Self {
            ledger,
            inbound,
            finished,
            ..Self::default()
        };
        let done: HashSet<_> = done.into_iter().collect();
        let accepted = entries
            .into_iter()
            .map(|entry| store.restore_accepted(entry, &done));
        let accepted = accepted.collect();
        let received = texts
            .into_iter()
            .filter_map(|text| store.restore_received(text, &done));
        let received = received.collect();
        Ok((store, Unfinished { accepted, received }))
    }

    fn restore_accepted(
        &self,
        entry: LedgerEntry,
        done: &HashSet<Finished>,
    ) -> (Arc<LedgerEntry>, Vec<usize>) {
        let entry = Arc::new(entry);
        lock(&self.accepted).insert(&entry);
        let left = (0..course::steps(&entry).len())
            .filter(|step| {
                !done.contains(&Finished {
                    message: entry.id,
                    step: *step,
                })
            })
            .collect();
        (entry, left)
    }

    fn restore_received(
        &self,
        message: InboundMessage,
        done: &HashSet<Finished>,
    ) -> Option<Arc<InboundMessage>> {
        let message = Arc::new(message);
        lock(&self.opt_outs).apply(&message);
        lock(&self.received).insert(message.id, Arc::clone(&message));
        let told = done.contains(&Finished {
            message: message.id,
            step: 0,
        });
        (!told).then_some(message)
    }

    /// Writes the message to the ledger. When this returns, the message counts as accepted.
    ///
    /// # Errors
    /// When the ledger cannot be written; nothing is accepted then.
    pub(crate) fn accept(&self, entry: LedgerEntry) -> io::Result<Arc<LedgerEntry>> {
        self.ledger.append(&entry)?;
        let entry = Arc::new(entry);
        lock(&self.accepted).insert(&entry);
        Ok(entry)
    }

    /// Flushes the ledger to disk.
    ///
    /// # Errors
    /// When it is unknown whether the ledger is on disk.
    pub(crate) async fn sync_ledger(&self) -> io::Result<()> {
        self.ledger.sync().await
    }

    /// Writes a received message and applies its keyword; `None` if its id is already known.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing is received then.
    pub(crate) fn receive(
        &self,
        message: InboundMessage,
    ) -> io::Result<Option<Arc<InboundMessage>>> {
        if lock(&self.received).contains_key(&message.id) {
            return Ok(None);
        }
        self.inbound.append(&message)?;
        let message = Arc::new(message);
        lock(&self.opt_outs).apply(&message);
        lock(&self.received).insert(message.id, Arc::clone(&message));
        Ok(Some(message))
    }

    /// Records that a step is done. If the line is lost, the step is repeated after a restart, which
    /// receivers must tolerate anyway.
    pub(crate) fn finish(&self, message: Uuid, step: usize) {
        if let Err(error) = self.finished.append(&Finished { message, step }) {
            tracing::warn!(%error, "a finished webhook could not be recorded");
        }
    }

    pub(crate) fn accepted(&self, id: Uuid) -> Option<Arc<LedgerEntry>> {
        lock(&self.accepted).get(id)
    }

    pub(crate) fn ledger(&self) -> Vec<Arc<LedgerEntry>> {
        lock(&self.accepted).all()
    }

    pub(crate) fn received(&self, id: Uuid) -> Option<Arc<InboundMessage>> {
        lock(&self.received).get(&id).cloned()
    }

    pub(crate) fn is_blocked(&self, profile: &str, person: &str) -> bool {
        lock(&self.opt_outs).blocks(profile, person)
    }

    pub(crate) fn opt_outs(&self) -> Vec<OptOut> {
        lock(&self.opt_outs).list()
    }
}
