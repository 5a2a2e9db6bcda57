//! What the ports promise, on a real Postgres: each MUST of their documentation has a test here.

mod campaign_capacity;
mod capacity;
mod catalogue;
mod changes;
mod commit;
mod conversations;
mod dispatch;
mod facts;
mod idempotency;
mod inbound;
mod invariants;
mod keys;
mod lanes;
mod messages;
mod money;
mod numbers;
mod opt_outs;
mod receipts;
mod recipients;
mod repeats;
mod retention;
mod seed;
mod shared_lanes;
mod sql;
mod support;
mod texts;
