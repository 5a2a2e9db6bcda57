//! The runs that are a part of all tests: each kind once, and what once failed.

use crate::kind::Kind;
use crate::run::One;

/// Each kind, with a seed that draws much and ends soon. A full disk runs by command alone.
const SHORT: [(Kind, u64); 11] = [
    (Kind::Dev, 1),
    (Kind::Api, 1),
    (Kind::Worker, 1),
    (Kind::Drain, 1),
    (Kind::Database, 1),
    (Kind::Carrier, 1),
    (Kind::Receipts, 1),
    (Kind::Freeze, 1),
    (Kind::Clocks, 1),
    (Kind::Stop, 1),
    (Kind::Mixed, 1),
];

/// Runs that once showed a defect, and which.
const ONCE_FAILED: [(Kind, u64, &str); 0] = [];

pub(crate) fn fixed() -> Vec<One> {
    let once_failed = ONCE_FAILED.into_iter().map(|(kind, seed, _)| (kind, seed));
    let all = SHORT.into_iter().chain(once_failed);
    all.map(|(kind, seed)| One { kind, seed }).collect()
}
