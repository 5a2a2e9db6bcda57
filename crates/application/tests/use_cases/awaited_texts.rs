//! Texts that were kept for a number, once somebody has it.

use std::sync::{Arc, Mutex};

use sms_application::{AwaitedTexts, SeedWithTexts};
use sms_domain::carrier::NoticeContent;
use sms_domain::ports::{
    AwaitedEvent, InboundOutcome, MockReceiptRepository, MockSeedRepository, MockWebhookReader,
    Seed, SeedRepository as _,
};
use sms_testkit::fixtures;

use crate::opt_out_world::{Desk, drained, inbound_facts, notice, received_event, text_in};
use crate::world::clock;

/// Two events that were kept for the fixtures' number.
fn awaited() -> Vec<AwaitedEvent> {
    let named = |id: &str| {
        let mut event = received_event();
        event.event_id = id.to_owned();
        AwaitedEvent {
            event,
            number: fixtures::number().phone,
        }
    };
    vec![named("e-1"), named("e-2")]
}

/// The use case, and the names of what it settled.
fn use_case(desk: &Desk, outcomes: Vec<InboundOutcome>) -> (AwaitedTexts, Arc<Mutex<Vec<String>>>) {
    let waiting = Arc::new(Mutex::new(awaited()));
    let settled = Arc::<Mutex<Vec<String>>>::default();
    let mut receipts = MockReceiptRepository::new();
    let rest = Arc::clone(&waiting);
    receipts
        .expect_list_awaited()
        .returning(move |_| Ok(rest.lock().unwrap().clone()));
    let log = Arc::clone(&settled);
    receipts.expect_settle_awaited().returning(move |one| {
        waiting.lock().unwrap().retain(|other| other != one);
        log.lock().unwrap().push(one.event.event_id.clone());
        Ok(())
    });
    let mut reader = MockWebhookReader::new();
    reader
        .expect_read_again()
        .returning(|event| notice(event, NoticeContent::Inbound(text_in("STOP"))));
    let inbound = desk.receive_inbound(desk.inbound(Some(inbound_facts()), outcomes));
    let texts = AwaitedTexts::new(Arc::new(receipts), Arc::new(reader), inbound, clock());
    (texts, settled)
}

#[tokio::test]
async fn each_is_taken_once_and_as_of_its_own_instant() {
    let desk = Desk::default();
    let (texts, settled) = use_case(&desk, Vec::new());
    assert_eq!(texts.take().await.unwrap(), 2);
    assert_eq!(texts.take().await.unwrap(), 0);
    assert_eq!(*settled.lock().unwrap(), ["e-1", "e-2"]);
    let recorded = drained(&desk.inbound);
    assert_eq!(recorded.len(), 2);
    let opt_out = recorded[0].opt_out.as_ref().unwrap();
    assert_eq!(opt_out.at, fixtures::noon());
}

#[tokio::test]
async fn one_that_loses_every_race_is_left_for_the_next_time() {
    let desk = Desk::default();
    let (texts, settled) = use_case(&desk, vec![InboundOutcome::Conflict; 4]);
    assert_eq!(texts.take().await.unwrap(), 0);
    assert!(settled.lock().unwrap().is_empty());
    assert_eq!(texts.take().await.unwrap(), 2);
}

#[tokio::test]
async fn whoever_seeds_a_number_has_its_texts_taken_before_it_is_told() {
    let desk = Desk::default();
    let (texts, settled) = use_case(&desk, Vec::new());
    let mut seeds = MockSeedRepository::new();
    seeds
        .expect_apply()
        .times(1)
        .returning(|_, _, _| Ok(Vec::new()));
    let seeds = SeedWithTexts::new(Arc::new(seeds), texts);
    seeds
        .apply(&Seed::default(), fixtures::noon(), &fixtures::operator())
        .await
        .unwrap();
    assert_eq!(settled.lock().unwrap().len(), 2);
}
