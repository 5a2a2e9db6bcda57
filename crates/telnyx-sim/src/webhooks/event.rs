//! The envelope of a webhook: `{data: {record_type, event_type, id, occurred_at, payload}, meta}`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    course::{self, Action},
    ids,
    inbound::InboundMessage,
    ledger::LedgerEntry,
    payload::{self, Inbound, Outbound, wire_time},
};

/// A webhook's body before serialisation.
#[derive(Debug, Serialize)]
pub(super) struct Event<'a> {
    data: Data<'a>,
    meta: Meta<'a>,
}

#[derive(Debug, Serialize)]
struct Data<'a> {
    record_type: &'static str,
    event_type: &'static str,
    id: Uuid,
    occurred_at: String,
    payload: Payload<'a>,
}

#[derive(Debug, Serialize)]
struct Meta<'a> {
    attempt: u32,
    delivered_to: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    Outbound(Box<Outbound<'a>>),
    Inbound(Box<Inbound<'a>>),
}

/// The number from which the id of an unlisted event is derived; facts use 0, 1, 2 ….
const UNLISTED: u64 = 1000;

impl<'a> Event<'a> {
    /// The webhook of a sent message's step; `None` if the step is not a webhook.
    pub(super) fn of_step(
        entry: &'a LedgerEntry,
        action: Action,
        attempt: u32,
        url: &'a str,
    ) -> Option<Self> {
        let facts = course::facts(entry);
        let (event_type, number, at, message) = match action {
            Action::Receipt(index) => {
                let fact = facts.get(index)?;
                let kind = match fact.status {
                    course::Status::Sent => "message.sent",
                    course::Status::Queued
                    | course::Status::Delivered
                    | course::Status::DeliveryFailed
                    | course::Status::SendingFailed
                    | course::Status::DeliveryUnconfirmed
                    | course::Status::Expired => "message.finalized",
                };
                let message = payload::outbound(entry, facts.get(..=index)?);
                (kind, index as u64, fact.at, message)
            }
            Action::UnlistedEvent => {
                let message = payload::outbound(entry, &[]).with_status("carrier_pondering");
                ("message.pondered", UNLISTED, entry.accepted_at, message)
            }
            Action::Reply(_) => return None,
        };
        let payload = Payload::Outbound(Box::new(message));
        let data = Data::new(event_type, ids::derived(entry.id, number), at, payload);
        Some(Self {
            data,
            meta: Meta {
                attempt,
                delivered_to: url,
            },
        })
    }

    /// The webhook of a received message.
    pub(super) fn received(message: &'a InboundMessage, attempt: u32, url: &'a str) -> Self {
        let payload = Payload::Inbound(Box::new(payload::inbound(message, Some(url))));
        let id = ids::derived(message.id, 0);
        let data = Data::new("message.received", id, message.received_at, payload);
        Self {
            data,
            meta: Meta {
                attempt,
                delivered_to: url,
            },
        }
    }
}

impl<'a> Data<'a> {
    fn new(event_type: &'static str, id: Uuid, at: DateTime<Utc>, payload: Payload<'a>) -> Self {
        Self {
            record_type: "event",
            event_type,
            id,
            occurred_at: wire_time(at),
            payload,
        }
    }
}
