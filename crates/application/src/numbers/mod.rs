//! Sending numbers: selection by request, health, and rate limits.

mod number_health;
mod select_number;
mod slow_down;

pub use number_health::NumberWatch;
pub use select_number::{
    Candidate, NumberError, NumberService, OverrideRequest, SelectNumber, Selection,
    SelectionRequest,
};
