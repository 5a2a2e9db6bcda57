//! Kernel statistics about this machine and its processes, from Linux's `/proc`; other systems report nothing.

use std::fs;
use std::time::Duration;

use sms_domain::ports::Clock as _;

use crate::clock::MovedClock;

/// Clock ticks per second, the unit of processor time on every current Linux platform.
pub(crate) const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time, in the kernel's clock ticks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CpuTime {
    all: u64,
    stolen: u64,
    idle: u64,
}

impl CpuTime {
    /// Busy time of all processors since `before`, in seconds.
    pub(crate) fn busy_seconds_since(self, before: Self) -> f64 {
        let busy = |time: Self| time.all - time.idle - time.stolen;
        float(busy(self) - busy(before)) / TICKS_PER_SECOND
    }

    /// Processor time since the machine started.
    pub(crate) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line
            .split_whitespace()
            .skip(1)
            .filter_map(|tick| tick.parse().ok())
            .collect();
        let at = |index: usize| ticks.get(index).copied().unwrap_or(0);
        // user nice system idle iowait irq softirq steal
        Self {
            all: ticks.iter().take(8).sum(),
            stolen: at(7),
            idle: at(3) + at(4),
        }
    }

    /// Steal time since `before`, in percent.
    pub(crate) fn stolen_since(self, before: Self) -> f64 {
        share(self.stolen - before.stolen, self.all - before.all)
    }

    /// Idle time since `before`, in percent.
    pub(crate) fn idle_since(self, before: Self) -> f64 {
        share(self.idle - before.idle, self.all - before.all)
    }
}

fn share(part: u64, all: u64) -> f64 {
    float(part) * 100.0 / float(all.max(1))
}

/// A count as a float; the counts here are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

/// The resident memory of a process, in MiB.
pub(crate) fn resident_mib(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(float(kib) / 1024.0)
}

/// Sleeps in real time.
pub(crate) async fn pause(span: Duration) {
    let clock = MovedClock::by_micros(0);
    let until = chrono::TimeDelta::from_std(span).unwrap_or_default();
    clock.sleep_until(clock.now() + until).await;
}
