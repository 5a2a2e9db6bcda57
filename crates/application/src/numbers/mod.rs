//! Sending numbers: registration, selection by request, health, and rate limits.

mod number_health;
mod own_numbers;
mod select_number;
mod slow_down;

pub use number_health::NumberWatch;
pub use own_numbers::{NumberSettings, OwnNumber, OwnNumberError, OwnNumberService, OwnNumbers};
pub use select_number::{
    Candidate, NumberError, NumberService, OverrideRequest, SelectNumber, Selection,
    SelectionRequest,
};
