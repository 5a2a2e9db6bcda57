//! Processor time during a measurement, split into product, Postgres, harness and other. Rates depend on how busy
//! the machine was; the time per message does not. Reads Linux's `/proc`.

use std::collections::HashMap;
use std::fs;

use crate::machine::{CpuTime, TICKS_PER_SECOND, float};
use crate::product::say;

/// Processor time used so far, in seconds, by group of processes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meter {
    all: CpuTime,
    harness: f64,
    product: f64,
    postgres: f64,
}

impl Meter {
    /// Reads the meter.
    pub(crate) fn read() -> Self {
        let (mut harness, mut product, mut postgres) = (0.0, 0.0, 0.0);
        let own = std::process::id();
        let processes = processes();
        for (pid, process) in &processes {
            if *pid == own {
                harness = process.own;
            } else if is_below(own, *pid, &processes) {
                match process.name.as_str() {
                    // The server has waited for its exited children, so their time counts here.
                    "postgres" => postgres += process.own + process.ended_children,
                    _ => product += process.own,
                }
            }
        }
        Self {
            all: CpuTime::now(),
            harness,
            product,
            postgres,
        }
    }

    /// Prints the time used since then, per message, and returns Postgres's share of it in microseconds. The
    /// product may run inside the harness.
    pub(crate) fn say_since(self, messages: u64) -> f64 {
        let now = Self::read();
        let busy = now.all.busy_seconds_since(self.all);
        let harness = now.harness - self.harness;
        let product = now.product - self.product;
        let postgres = now.postgres - self.postgres;
        let others = (busy - harness - product - postgres).max(0.0);
        let share = |part: f64| part * 100.0 / busy.max(0.01);
        let each = |part: f64| part * 1e6 / float(messages.max(1));
        say(&format!(
            "    work: product {:.0} %, Postgres {:.0} %, harness {:.0} %, others {:.0} %, idle {:.0} %; \
             a message takes {:.0} + {:.0} + {:.0} \u{b5}s",
            share(product),
            share(postgres),
            share(harness),
            share(others),
            now.all.idle_since(self.all),
            each(product),
            each(postgres),
            each(harness),
        ));
        each(postgres)
    }
}

struct Process {
    name: String,
    parent: u32,
    own: f64,
    ended_children: f64,
}

fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, read(pid)?))).collect()
}

fn read(pid: u32) -> Option<Process> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain any character.
    let (before, after) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Process {
        name: before.split_once('(')?.1.to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        own: float(ticks(11)? + ticks(12)?) / TICKS_PER_SECOND,
        ended_children: float(ticks(13)? + ticks(14)?) / TICKS_PER_SECOND,
    })
}

fn is_below(top: u32, pid: u32, processes: &HashMap<u32, Process>) -> bool {
    let mut next = processes.get(&pid).map(|process| process.parent);
    while let Some(pid) = next.filter(|pid| *pid > 0) {
        if pid == top {
            return true;
        }
        next = processes.get(&pid).map(|process| process.parent);
    }
    false
}
