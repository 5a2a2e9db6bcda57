//! The rows about more requests than can be served.

use super::{Bench, milliseconds, share, shown};
use crate::product::say;
use crate::report::{Asked, Kind, Report};
use crate::rows::{self, Overloaded};

const OVERLOAD_P99: Asked =
    milliseconds("overload, four times the rate: accepted p99", 500.0, 250.0);
const OVERLOAD_RATE: Asked = share(
    "overload, four times the rate: accepted ÷ sustainable",
    0.6,
    0.8,
);
const OVERLOAD_SHED: Asked = shown("overload, four times the rate: share refused", Kind::Share);
const OVERLOAD_SHED_P99: Asked =
    milliseconds("overload, four times the rate: refused p99", 250.0, 50.0);
const PERSON_P50: Asked = milliseconds("300 a second about one person: accepted p50", 500.0, 150.0);
const PERSON_P99: Asked =
    milliseconds("300 a second about one person: accepted p99", 1000.0, 500.0);
const PERSON_SHED: Asked = shown("300 a second about one person: share refused", Kind::Share);
const PERSON_SHED_P99: Asked =
    milliseconds("300 a second about one person: refused p99", 500.0, 50.0);

impl Bench<'_> {
    /// Offers more than can be served.
    pub(super) async fn overloads(&self, report: &mut Report) -> anyhow::Result<()> {
        let rows = [
            OVERLOAD_P99,
            OVERLOAD_RATE,
            OVERLOAD_SHED,
            OVERLOAD_SHED_P99,
        ];
        if self.wants(&rows) {
            let outcome = self.watched(OVERLOAD_P99, rows::overload(self)).await?;
            say_overloaded(&outcome);
            let (accepted, sustainable) = (outcome.accepted_per_second, outcome.sustainable);
            report.add(OVERLOAD_P99, outcome.accepted_p99_ms);
            report.add_against(OVERLOAD_RATE, accepted / sustainable, accepted, sustainable);
            report.add(OVERLOAD_SHED, outcome.shed);
            report.add(OVERLOAD_SHED_P99, outcome.shed_p99_ms);
        }
        if self.wants(&[PERSON_P50, PERSON_P99, PERSON_SHED, PERSON_SHED_P99]) {
            let outcome = self.watched(PERSON_P50, rows::one_person(self)).await?;
            say_overloaded(&outcome);
            report.add(PERSON_P50, outcome.accepted_p50_ms);
            report.add(PERSON_P99, outcome.accepted_p99_ms);
            report.add(PERSON_SHED, outcome.shed);
            report.add(PERSON_SHED_P99, outcome.shed_p99_ms);
        }
        Ok(())
    }
}

fn say_overloaded(outcome: &Overloaded) {
    say(&format!(
        "    accepted {:.0}/s, p50 {:.1} ms, p99 {:.1} ms; refused {:.0} %, p99 {:.1} ms",
        outcome.accepted_per_second,
        outcome.accepted_p50_ms,
        outcome.accepted_p99_ms,
        outcome.shed * 100.0,
        outcome.shed_p99_ms
    ));
}
