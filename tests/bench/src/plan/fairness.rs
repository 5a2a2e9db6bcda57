//! The rows about one organization's flood: eight combinations of priority, account rate and carrier.

use super::{Bench, asked, share};
use crate::machine::float;
use crate::options::Options;
use crate::product::say;
use crate::report::{Asked, Kind, Report};
use crate::rows::{self, Combination, Crowd};

/// A combination of the fairness rows, its row about waiting and its row about the rate.
type Fair = (Combination, Asked, Asked);

macro_rules! fair {
    ($is_bulk:literal, $is_paced:literal, $is_slow:literal, $name:literal) => {
        (
            Combination {
                is_bulk: $is_bulk,
                is_paced: $is_paced,
                is_slow: $is_slow,
            },
            asked(
                concat!("fairness, ", $name, ": others' p99 ÷ allowed"),
                Kind::Multiple,
                1.0,
                0.5,
            ),
            share(
                concat!("fairness, ", $name, ": all ÷ flood alone"),
                0.85,
                0.95,
            ),
        )
    };
}

const FAIRNESS: [Fair; 8] = [
    fair!(false, false, false, "immediate, no rate, 20 ms"),
    fair!(false, false, true, "immediate, no rate, slow"),
    fair!(false, true, false, "immediate, account rate, 20 ms"),
    fair!(false, true, true, "immediate, account rate, slow"),
    fair!(true, false, false, "bulk, no rate, 20 ms"),
    fair!(true, false, true, "bulk, no rate, slow"),
    fair!(true, true, false, "bulk, account rate, 20 ms"),
    fair!(true, true, true, "bulk, account rate, slow"),
];

/// Whether any of the rows is wanted.
pub(super) fn is_wanted(options: &Options) -> bool {
    let mut rows = FAIRNESS
        .iter()
        .flat_map(|(_, waiting, rate)| [waiting, rate]);
    rows.any(|asked| options.wants(asked.name))
}

impl Bench<'_> {
    /// What the others wait beside a flood against twice what they wait without it, and one call of a slow
    /// carrier; all messages against those of the flood alone.
    pub(super) async fn fairness(&self, report: &mut Report) -> anyhow::Result<()> {
        for (combination, waiting, rate) in FAIRNESS {
            if !self.wants(&[waiting, rate]) {
                continue;
            }
            let run = |crowd| self.watched(waiting, rows::fairness(self, combination, crowd));
            let alone = run(Crowd::Others).await?;
            let beside = run(Crowd::Both).await?;
            let possible = run(Crowd::Flood).await?.per_second;
            let scale = self.options.scale.max(1);
            let call = combination.latency(scale).num_milliseconds();
            let call = float(u64::try_from(call)?) * if combination.is_slow { 1.0 } else { 0.0 };
            let allowed = 2.0 * alone.p99_ms + call;
            say(&format!(
                "    others: alone p50 {:.1} ms, p99 {:.1} ms; beside the flood p50 {:.1} ms, p99 {:.1} ms; \
                 all {:.0}/s of {possible:.0}/s",
                alone.p50_ms, alone.p99_ms, beside.p50_ms, beside.p99_ms, beside.per_second
            ));
            report.add_against(waiting, beside.p99_ms / allowed, beside.p99_ms, allowed);
            report.add_against(
                rate,
                beside.per_second / possible,
                beside.per_second,
                possible,
            );
        }
        Ok(())
    }
}
