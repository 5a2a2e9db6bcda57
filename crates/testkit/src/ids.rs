//! Sequential identifiers, so that a test's output is reproducible.

use std::sync::atomic::{AtomicU64, Ordering};

use sms_domain::ports::IdGenerator;
use uuid::Uuid;

/// A generator that counts from 1. Its values sort in the order of creation.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl SequentialIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl IdGenerator for SequentialIds {
    fn uuid(&self) -> Uuid {
        sequential_uuid(self.next())
    }
}

/// The `n`th identifier, in the form of a UUIDv7.
#[must_use]
pub const fn sequential_uuid(n: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | n as u128)
}
