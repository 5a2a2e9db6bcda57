//! The simulator over real HTTP on loopback, with a manual clock.

mod answers;
mod chaos;
mod idempotency;
mod inbound;
mod receipts;
mod restart;
mod sending;
mod support;
