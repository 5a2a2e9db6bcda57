//! The rows about a system that is idle: how late messages leave, and what it takes up.

use super::{Bench, asked, milliseconds};
use crate::product::say;
use crate::report::{Asked, Kind, Report};
use crate::rows;

const IDLE: Asked = milliseconds("idle: request to carrier, p99", 12.0, 6.0);
const DUE: Asked = milliseconds("due time to carrier, p99", 250.0, 50.0);
const MEMORY_IDLE: Asked = asked("memory, idle", Kind::Mebibytes, 40.0, 28.0);
const MEMORY_LOADED: Asked = asked("memory, loaded", Kind::Mebibytes, 60.0, 40.0);
const START: Asked = milliseconds("start to first 200", 300.0, 100.0);

impl Bench<'_> {
    /// Measures latencies, memory and the start.
    pub(super) async fn latencies(&self, report: &mut Report) -> anyhow::Result<()> {
        for (asked, is_idle) in [(IDLE, true), (DUE, false)] {
            if !self.wants(&[asked]) {
                continue;
            }
            let delays = if is_idle {
                self.watched(asked, rows::idle(self)).await?
            } else {
                self.watched(asked, rows::due_precision(self)).await?
            };
            say(&format!(
                "    p50 {:.1} ms, p99 {:.1} ms",
                delays.p50_ms, delays.p99_ms
            ));
            report.add(asked, delays.p99_ms);
        }
        if self.wants(&[MEMORY_IDLE, MEMORY_LOADED]) {
            let footprint = self.watched(MEMORY_LOADED, rows::footprint(self)).await?;
            say(&format!(
                "    whole system: {:.0} messages accepted a second",
                footprint.per_second
            ));
            report.add(MEMORY_IDLE, footprint.idle_mib);
            report.add(MEMORY_LOADED, footprint.loaded_mib);
        }
        if self.wants(&[START]) {
            let start = self
                .watched(START, rows::start_to_first_answer(self))
                .await?;
            report.add(START, start);
        }
        Ok(())
    }
}
