//! A carrier simulator that speaks the Telnyx messaging API (v2) well enough for the official SDKs:
//! `POST /v2/messages`, `GET /v2/messages/{id}`, `GET /v2/messaging_optouts`, `GET
//! /v2/phone_numbers/messaging` (the account has every number but those that end in 0404), and webhooks
//! that are signed with Ed25519. It runs inside a test or as the small binary `telnyx-sim`.
//!
//! This crate must not know the product that it tests. It uses only the product's [`Clock`] port and
//! counts message parts itself, so that the two can disagree.
//!
//! # What really left
//! Every accepted message is one line of `ledger.jsonl` in the data directory, written before the
//! 200. Tests count these lines to find messages that were sent twice or not at all. `inbound.jsonl` holds
//! received messages, and `finished.jsonl` the steps that are done. After a restart with the same
//! directory, messages, idempotency keys, blocks and pending webhooks continue.
//!
//! # Magic numbers
//! The last four digits of the recipient choose a script. Messages to any other number are delivered, or
//! get a fault of the configured [`Chaos`]. A `1` before the four digits limits the script to the first
//! request to the number in this run: `+1 202 551 4318` gets "queue full" once and is delivered on the
//! next try, `+1 202 555 4318` gets it every time. Numbers 555-0100 to 555-0199, which are reserved for
//! fiction, are ordinary.
//!
//! | Digits | Script |
//! |---|---|
//! | `0000` | accepted and delivered |
//! | `1007` | 500, code 10007; nothing left |
//! | `1009` | 401, code 10009: the API key fails |
//! | `1011` | 429, code 10011, with rate limit headers |
//! | `1037` | 503, code 10037 |
//! | `2012` | 403, code 20012: account inactive |
//! | `2100` | 403, code 20100: account without funds |
//! | `4001` | refused, code 40001: not routable |
//! | `4010` | refused, code 40010: sender not registered for 10DLC |
//! | `4011` | refused, code 40011: too much for the carrier |
//! | `4300` | refused, code 40300: the person opted out |
//! | `4305` | refused, code 40305: invalid sender |
//! | `4309` | refused, code 40309: destination region not allowed |
//! | `4310` | refused, code 40310: invalid recipient |
//! | `4312` | refused, code 40312: messaging profile disabled |
//! | `4315` | refused, code 40315: unhealthy sender |
//! | `4317` | refused, code 40317: content of an MMS |
//! | `4318` | refused, code 40318: queue full |
//! | `4333` | 429, code 40333: the profile's spend limit |
//! | `4999` | refused, code 40999, which no document lists |
//! | `5001` | accepted, then `delivery_failed` 40001 |
//! | `5002` | accepted, then `delivery_failed` 40002 (spam, temporary) |
//! | `5003` | accepted, then `delivery_failed` 40003 (spam, permanent) |
//! | `5005` | accepted, then `delivery_failed` 40005 (expired on the way) |
//! | `5006` | accepted, then `delivery_failed` 40006 (server unavailable) |
//! | `5008` | accepted, then `delivery_failed` 40008: undeliverable |
//! | `5010` | accepted, then `sending_failed` 40010 (not registered) |
//! | `5011` | accepted, then `sending_failed` 40011 (carrier throughput) |
//! | `5014` | accepted, then `expired` 40014 |
//! | `5016` | accepted, then `delivery_failed` 40016 (T-Mobile's day used up) |
//! | `5018` | accepted, then `delivery_failed` 40018 (too fast for AT&T) |
//! | `5300` | accepted, then `sending_failed` 40300 (opted out) |
//! | `5999` | accepted, then `delivery_failed` 40999, which no document lists |
//! | `6001` | delivered, but no receipt comes |
//! | `6002` | sent, and then nothing |
//! | `6003` | delivered, receipts come late |
//! | `6004` | delivered, each receipt comes three times |
//! | `6005` | delivered, `message.finalized` comes before `message.sent` |
//! | `6006` | `delivery_unconfirmed` |
//! | `6007` | `delivery_failed`, then `delivered` |
//! | `6008` | `delivery_unconfirmed`, then `delivered` |
//! | `6009` | `delivered`, then a contradicting `delivery_failed` |
//! | `6010` | delivered, after an event of a type and a status that no document lists |
//! | `7001` | accepted, the answer comes slowly |
//! | `7002` | accepted, the connection closes without an answer |
//! | `7003` | accepted, the 200 carries broken JSON |
//! | `7004` | accepted, but the answer is a 500 |
//! | `7005` | the connection closes, nothing left |
//! | `7006` | a proxy's 502 with an HTML page, nothing left |
//! | `8001` | delivered, then the person texts STOP |
//! | `8002` | delivered, then the person answers |
//! | `8003` | delivered, then the person texts HELP |
//!
//! # Control endpoints
//! These need no key: `GET /sim/health`, `GET /sim/public_key`, `GET /sim/ledger`, `GET /sim/messages`,
//! `GET` and `POST /sim/chaos` (a [`Chaos`]), and `POST /sim/inbound` (an [`InboundText`] from a person).
//! STOP and its synonyms block the profile for the person (code 40300) until START.

mod carrier;
mod catalogue;
mod chaos;
mod config;
mod course;
mod data_dir;
mod error;
mod http;
mod idempotency;
mod ids;
mod inbound;
mod journal;
mod ledger;
mod magic;
mod parts;
mod payload;
mod problem;
mod request;
mod script;
mod signer;
mod simulator;
mod store;
mod sync;
mod webhooks;

pub use chaos::{Chaos, ChaosError};
pub use config::{DEFAULT_MESSAGING_PROFILE, SimConfig};
pub use error::SimError;
pub use inbound::{InboundMessage, InboundText, Keyword, MediaFile, Mms};
pub use ledger::LedgerEntry;
pub use script::{Fate, Outcome, Receipts, Reply};
pub use simulator::Simulator;
pub use sms_domain::ports::Clock;
