//! Tests of the whole system: real HTTP, a real Postgres, the carrier simulator, and a manual clock. Each test is
//! a guarantee of the product that no smaller test can show.

mod access;
mod audit;
mod campaign_day;
mod capacity;
mod clocks;
mod delivery;
mod emergencies;
mod exchange;
mod explanation;
mod idempotency;
mod inbound;
mod leads;
mod lost_calls;
mod media;
mod money;
mod notices;
mod operators;
mod opt_in;
mod opt_out;
mod own_numbers;
mod paces;
mod pauses;
mod provider_blocks;
mod published;
mod quiet_hours;
mod receipts;
mod refusals;
mod retention;
mod rules_lab;
mod scrubs;
mod set_apart;
mod speakers;
mod stop_race;
mod submission;
mod suppressions;
mod tenants;
mod test_traffic;
mod texts;
mod throttling;
mod waiting;
mod webhooks;

use chrono::{DateTime, Utc};
use serde_json::Value;

/// A lead in Georgia (US) whose messages arrive.
const LEAD: &str = "+14045550100";

/// An instant that a message shows.
fn at(message: &Value, field: &str) -> DateTime<Utc> {
    let text = message[field].as_str();
    text.unwrap_or_else(|| panic!("{field} is not set: {message}"))
        .parse()
        .unwrap()
}
