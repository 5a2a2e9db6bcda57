//! Replaying stored events.

use std::sync::{Arc, Mutex};

use sms_application::{RecordEvidence, ReplayEvents, Replayed};
use sms_domain::carrier::{Evidence, EvidenceKind, NoticeContent, ProviderEvent};
use sms_domain::inbound::InboundFacts;
use sms_domain::ports::{EventPlace, MockReceiptRepository, MockWebhookReader, ReceiptKey};
use sms_testkit::fixtures;

use crate::opt_out_world::{Desk, drained, inbound_facts, notice, received_event, text_in};
use crate::world::{accepting_store, clock, ids};

/// Replays `events`, two a page, all of which say the same.
async fn replay(
    desk: &Desk,
    events: Vec<ProviderEvent>,
    content: NoticeContent,
    known: Option<InboundFacts>,
) -> (Replayed, Vec<ReceiptKey>) {
    let asked = Arc::<Mutex<Vec<ReceiptKey>>>::default();
    let mut receipts = MockReceiptRepository::new();
    receipts.expect_list_unmatched().returning(move |after, _| {
        let is_later = |event: &&ProviderEvent| {
            let place = EventPlace::from(*event);
            after
                .as_ref()
                .is_none_or(|after| place.event_id > after.event_id)
        };
        Ok(events.iter().filter(is_later).take(2).cloned().collect())
    });
    let log = Arc::clone(&asked);
    receipts.expect_find_attempt().returning(move |key| {
        log.lock().unwrap().push(key.clone());
        Ok(None)
    });
    receipts.expect_keep_unmatched().returning(|_| Ok(()));
    receipts.expect_keep_for_numbers().returning(|_, _| Ok(()));
    let mut reader = MockWebhookReader::new();
    reader
        .expect_read_again()
        .returning(move |event| notice(event, content.clone()));
    let receipts = Arc::new(receipts);
    let store = Arc::new(accepting_store(&desk.commits));
    let failures = desk.failures(None, Vec::new());
    let evidence = RecordEvidence::new(receipts.clone(), store, clock(), ids(), failures);
    let inbound = desk.receive_inbound(desk.inbound(known, Vec::new()));
    let use_case = ReplayEvents::new(receipts, Arc::new(reader), evidence, inbound);
    let replayed = use_case.replay().await.unwrap();
    let asked = asked.lock().unwrap().clone();
    (replayed, asked)
}

fn events() -> Vec<ProviderEvent> {
    let named = |id: &str| ProviderEvent {
        event_id: id.to_owned(),
        ..received_event()
    };
    ["e-1", "e-2", "e-3"].map(named).to_vec()
}

#[tokio::test]
async fn texts_to_a_number_that_somebody_has_by_now_are_recorded_page_by_page() {
    let desk = Desk::default();
    let content = NoticeContent::Inbound(text_in("Hi"));
    let (replayed, _) = replay(&desk, events(), content, Some(inbound_facts())).await;
    assert_eq!(
        replayed,
        Replayed {
            matched: 3,
            unmatched: 0
        }
    );
    let recorded = drained(&desk.inbound);
    let ids: Vec<_> = recorded
        .iter()
        .map(|change| change.event.event_id.as_str())
        .collect();
    assert_eq!(ids, ["e-1", "e-2", "e-3"]);
}

#[tokio::test]
async fn events_that_still_belong_to_nothing_are_left_and_do_not_keep_the_replay_going() {
    for content in [NoticeContent::Inbound(text_in("Hi")), NoticeContent::Other] {
        let desk = Desk::default();
        let (replayed, _) = replay(&desk, events(), content, None).await;
        assert_eq!(
            replayed,
            Replayed {
                matched: 0,
                unmatched: 3
            }
        );
    }
}

#[tokio::test]
async fn a_receipt_is_looked_for_by_the_providers_id() {
    let evidence = Evidence {
        kind: EvidenceKind::Delivered,
        occurred_at: fixtures::noon(),
        event_id: "e-1".to_owned(),
        provider_message_id: Some("in-1".to_owned()),
        parts: None,
        error: None,
    };
    let desk = Desk::default();
    let content = NoticeContent::Evidence(evidence);
    let one = events().drain(..1).collect();
    let (_, asked) = replay(&desk, one, content, None).await;
    let key = ReceiptKey::ProviderMessageId {
        account: received_event().account,
        id: "in-1".to_owned(),
    };
    assert_eq!(asked, [key]);
}
