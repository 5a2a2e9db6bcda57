//! The HTTP layer as a whole, in this process and over fakes: no network, no database, a clock that
//! stands still.

mod bad_requests;
mod batch;
mod campaigns;
mod contract;
mod fake_keys;
mod fakes;
mod ignored;
mod leads;
mod lists;
mod media;
mod operations;
mod own_numbers;
mod pauses;
mod people_lists;
mod published;
mod reads;
mod registry;
mod requests;
mod suppressions;
mod tokens;
mod usage;
mod webhook_endpoints;
