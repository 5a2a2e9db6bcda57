//! Texts from people, as the domain handles them.

use chrono::{DateTime, Utc};
use sms_domain::carrier::{InboundSms, ProviderEvent};
use sms_domain::content::{Attachments, Text};
use sms_domain::inbound::{Arrival, InboundFacts, InboundIds, handle};
use sms_domain::lifecycle::InboundChange;
use sms_domain::ports::{InboundOutcome, InboundRepository};
use sms_domain::values::ids::{ConversationId, LeadId, MessageId, SuppressionId};
use sms_testkit::fixtures;

use crate::changes::{account, event};
use crate::support::{Store, phone, uuid};

/// Nobody's lead.
pub(crate) const STRANGER: u32 = 777;

/// Text `n`, from a person to the organization's number.
pub(crate) fn text_in(n: u32, person: u32, text: &str, at: DateTime<Utc>) -> InboundSms {
    InboundSms {
        provider_message_id: format!("in-{n}"),
        from: phone(person),
        to: vec![fixtures::phone("+14045559999")],
        messaging_profile_id: None,
        text: Text::new(text),
        attachments: Attachments::default(),
        received_at: at,
        has_provider_autoresponse: false,
    }
}

/// What is known about the organization's number and a person.
pub(crate) async fn facts(store: &Store, person: u32) -> InboundFacts {
    let our_number = fixtures::phone("+14045559999");
    let (account, person) = (account(), phone(person));
    let facts = InboundRepository::load(&store.pg, &account, &our_number, &person);
    facts.await.unwrap().unwrap()
}

/// What text `n` changes, by the facts; brought by event `n`.
pub(crate) fn change(n: u32, sms: &InboundSms, facts: &InboundFacts) -> InboundChange {
    let arrival = Arrival {
        sms,
        event: ProviderEvent {
            provider_message_id: Some(sms.provider_message_id.clone()),
            ..event(&format!("event-{n}"))
        },
        understood: facts.understand(sms),
        facts,
        ids: InboundIds {
            message: MessageId::new(uuid(30, n)),
            lead: LeadId::new(uuid(31, n)),
            conversation: ConversationId::new(uuid(32, n)),
            suppression: SuppressionId::new(uuid(33, n)),
        },
        now: sms.received_at,
    };
    handle(arrival).change
}

pub(crate) async fn record(store: &Store, change: InboundChange) -> InboundOutcome {
    store.pg.record_inbound(change).await.unwrap()
}

/// Text `n` arrives and is new.
pub(crate) async fn receive(store: &Store, n: u32, person: u32, text: &str, at: DateTime<Utc>) {
    let change = handled(store, n, person, text, at).await;
    assert_eq!(record(store, change).await, InboundOutcome::New);
}

/// What text `n` changes, by what is known now.
pub(crate) async fn handled(
    store: &Store,
    n: u32,
    person: u32,
    text: &str,
    at: DateTime<Utc>,
) -> InboundChange {
    change(
        n,
        &text_in(n, person, text, at),
        &facts(store, person).await,
    )
}
