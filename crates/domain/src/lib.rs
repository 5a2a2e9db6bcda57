//! The rules of sending SMS to leads: message lifecycle, compliance, number selection, money.
//!
//! This crate does no I/O and depends on no clock, randomness, environment, logging, HTTP, SQL or
//! particular carrier. Everything is a function from values to values; the only async items are the
//! traits in [`ports`], which the crates above implement and call.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

pub mod carrier;
pub mod case;
pub mod compliance;
pub mod content;
pub mod decision;
pub mod facts;
pub mod inbound;
pub mod law;
pub mod lifecycle;
pub mod message;
pub mod numbers;
pub mod ports;
pub mod values;
pub mod webhooks;
