//! The runs that are part of all tests: each kind once, and runs that once failed.

use crate::kind::Kind;
use crate::run::One;

/// Each kind, with a seed that draws many faults and ends soon. A full disk runs only on demand.
const SHORT: [(Kind, u64); 14] = [
    (Kind::Silence, 1),
    (Kind::Standstill, 1),
    (Kind::Mixed, 3),
    (Kind::Dev, 2),
    (Kind::Stop, 4),
    (Kind::Receipts, 1),
    (Kind::Api, 2),
    (Kind::Freeze, 4),
    (Kind::Database, 3),
    (Kind::Drain, 1),
    (Kind::Clocks, 3),
    (Kind::Carrier, 4),
    (Kind::Worker, 4),
    (Kind::Flood, 2),
];

/// Runs that once showed a defect, with the defect.
const ONCE_FAILED: [(Kind, u64, &str); 1] = [(
    Kind::Database,
    1,
    "what the carrier answered while Postgres was away was tried twice and forgotten",
)];

pub(crate) fn fixed() -> Vec<One> {
    let once_failed = ONCE_FAILED.into_iter().map(|(kind, seed, _)| (kind, seed));
    let all = SHORT.into_iter().chain(once_failed);
    all.map(|(kind, seed)| One { kind, seed }).collect()
}
