//! The HTTP layer as a whole, in this process and over fakes: no network, no database, a clock that
//! stands still.

mod bad_requests;
mod contract;
mod fakes;
mod leads;
mod lists;
mod operations;
mod people_lists;
mod reads;
mod registry;
mod requests;
mod suppressions;
mod tokens;
mod usage;
mod webhook_endpoints;
