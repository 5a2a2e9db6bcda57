//! A file of cases, judged on several processors.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::case::StoredCase;
use crate::case_file::{CaseFile, CaseFileError, RawBlock};
use crate::judging::{Replay, Replayed};
use crate::summary::Summary;

/// Blocks that are read ahead for each processor.
const AHEAD: usize = 2;

/// What is to be said of a case after it was judged, as lines.
pub type Describe = dyn Fn(&StoredCase, &Replayed) -> Vec<String> + Sync;

/// What came of a block: its place, the number of its cases, and what is said of them.
type Judged = (u64, Result<(u64, Vec<String>), CaseFileError>);

/// Judges all cases of a file with so many threads, and sums up what differs. `told` gets, block after block, how many
/// cases were judged and what `describe` says of them.
///
/// # Errors
/// [`CaseFileError`], also for a file that ends with another number of cases than it says.
pub fn replay_file<R: BufRead>(
    mut file: CaseFile<R>,
    replay: &Replay,
    threads: NonZeroUsize,
    describe: &Describe,
    told: &mut dyn FnMut(u64, Vec<String>),
) -> Result<Summary, CaseFileError> {
    let (blocks, waiting) = sync_channel(threads.get() * AHEAD);
    let waiting = Arc::new(Mutex::new(waiting));
    let (judged, results) = channel();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get())
            .map(|_| {
                let (waiting, judged) = (Arc::clone(&waiting), judged.clone());
                scope.spawn(move || work(replay, describe, &waiting, &judged))
            })
            .collect();
        // Only workers have them now: once all of them are gone, sending a block fails instead of waiting.
        drop((waiting, judged));
        let mut order = Order::default();
        let mut read = Ok(());
        for place in 0.. {
            match file.next_block() {
                Ok(Some(block)) => {
                    if blocks.send((place, block)).is_err() {
                        // All workers are gone, each with a panic, which goes on below.
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    read = Err(error);
                    break;
                }
            }
            results.try_iter().for_each(|one| order.add(one, told));
            if order.fault.is_some() {
                break;
            }
        }
        drop(blocks);
        results.iter().for_each(|one| order.add(one, told));
        let mut summary = Summary::default();
        for worker in workers {
            match worker.join() {
                Ok(part) => summary.merge(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        read?;
        order.fault.map_or(Ok(()), Err)?;
        if summary.decisions == file.cases() {
            Ok(summary)
        } else {
            Err(CaseFileError::Damaged)
        }
    })
}

fn work(
    replay: &Replay,
    describe: &Describe,
    waiting: &Mutex<Receiver<(u64, RawBlock)>>,
    judged: &Sender<Judged>,
) -> Summary {
    let mut summary = Summary::default();
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok((place, block)) = next else {
            return summary;
        };
        let found = block.cases().map(|cases| {
            let mut lines = Vec::new();
            for case in &cases {
                let replayed = replay.judge(case);
                lines.extend(describe(case, &replayed));
                summary.add(case, replayed);
            }
            (u64::try_from(cases.len()).unwrap_or(u64::MAX), lines)
        });
        // Whoever reads the results lives as long as the workers.
        let _ = judged.send((place, found));
    }
}

/// Puts results into the order of the file.
#[derive(Default)]
struct Order {
    next: u64,
    early: BTreeMap<u64, (u64, Vec<String>)>,
    /// The first fault.
    fault: Option<CaseFileError>,
}

impl Order {
    fn add(&mut self, (place, found): Judged, told: &mut dyn FnMut(u64, Vec<String>)) {
        match found {
            Ok(one) => drop(self.early.insert(place, one)),
            Err(error) => self.fault = self.fault.take().or(Some(error)),
        }
        while let Some((cases, lines)) = self.early.remove(&self.next) {
            self.next += 1;
            told(cases, lines);
        }
    }
}
