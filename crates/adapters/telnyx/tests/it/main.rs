//! The adapter through its ports, as the rest of the system sees it.

mod events;
mod gateway;
mod numbers;
mod opt_outs;
mod server;
mod signatures;
mod signing;
