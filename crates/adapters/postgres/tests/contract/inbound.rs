//! `InboundRepository`.

use chrono::TimeDelta;
use sms_domain::carrier::ProviderEvent;
use sms_domain::content::{Attachments, Media, Text};
use sms_domain::facts::{Lead, SuppressionScope};
use sms_domain::lifecycle::InboundChange;
use sms_domain::ports::{
    CommitError, InboundOutcome, InboundRepository, ReadModel, ReceiptRepository, ReviewRepository,
    Seed,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::PhoneNumberId;
use sms_testkit::fixtures::{self, altered, noon, number_id, organization_id};

use crate::changes::{account, advance, queued, scheduled};
use crate::support::{
    Store, conversation, lead, other_organization, phone, seed_conversation, seed_lead,
    seed_number, seed_of, uuid,
};
use crate::texts::{STRANGER, change, facts, handled, receive, record, text_in};

fn later(minutes: i64) -> chrono::DateTime<chrono::Utc> {
    noon() + TimeDelta::minutes(minutes)
}

#[tokio::test]
async fn a_number_that_nobody_has_or_another_account_owns_is_unknown() {
    let store = Store::new().await;
    let ours = fixtures::phone("+14045559999");
    let other = ProviderAccount::new("second");
    for (account, number) in [(account(), phone(1)), (other, ours)] {
        let found = InboundRepository::load(&store.pg, &account, &number, &phone(1)).await;
        assert_eq!(found.unwrap(), None);
    }
}

#[tokio::test]
async fn a_known_person_is_found_with_thread_opt_outs_and_recent_messages() {
    let store = Store::new().await;
    store.queue(1).await;
    receive(&store, 1, 1, "STOP", noon()).await;
    let facts = facts(&store, 1).await;
    assert_eq!(facts.organization_id, organization_id());
    assert_eq!(facts.organization_name, "Acme Roofing");
    assert_eq!(
        (facts.lead_id, facts.conversation_id),
        (Some(lead(1)), Some(conversation(1)))
    );
    assert_eq!(facts.number.id, number_id());
    assert_eq!(facts.suppressions[0].scope, SuppressionScope::Organization);
    assert_eq!(facts.suppressions[0].at, noon());
    assert_eq!(facts.recent.len(), 1);
}

#[tokio::test]
async fn what_the_person_got_lately_is_known_newest_first() {
    let store = Store::new().await;
    store.queue(1).await;
    let sent: Vec<String> = facts(&store, 1)
        .await
        .sent
        .iter()
        .map(|text| text.as_str().to_owned())
        .collect();
    assert_eq!(sent, [fixtures::message().submission.text.as_str()]);
    store.execute("UPDATE submissions SET body = NULL").await;
    assert!(facts(&store, 1).await.sent.is_empty());
}

#[tokio::test]
async fn a_text_that_is_no_answer_leaves_the_thread_as_it_is() {
    let store = Store::new().await;
    receive(&store, 1, 1, "Hi", noon()).await;
    let before = store.context(1).await.message.conversation;
    let automatic = "This is an automatic reply. I am out of the office.";
    receive(&store, 2, 1, automatic, later(5)).await;
    assert_eq!(store.context(1).await.message.conversation, before);
    receive(&store, 3, STRANGER, automatic, later(6)).await;
    assert!(facts(&store, STRANGER).await.conversation_id.is_some());
    let moved = "SELECT count(*) FROM conversations WHERE last_inbound_at IS NOT NULL";
    assert_eq!(store.number(moved).await, 1);
}

#[tokio::test]
async fn an_unknown_person_is_no_lead() {
    let store = Store::new().await;
    let facts = facts(&store, STRANGER).await;
    assert_eq!((facts.lead_id, facts.conversation_id), (None, None));
    assert!(facts.suppressions.is_empty() && facts.recent.is_empty());
}

#[tokio::test]
async fn of_several_leads_with_one_number_the_one_whose_thread_moved_last_is_meant() {
    let store = Store::new().await;
    let same = |n, is_archived| Lead {
        phone: phone(STRANGER),
        is_archived,
        ..seed_lead(organization_id(), n)
    };
    let seed = Seed {
        leads: vec![same(201, false), same(202, false), same(203, true)],
        conversations: [201, 202, 203]
            .map(|n| seed_conversation(organization_id(), n))
            .to_vec(),
        ..Seed::default()
    };
    store.seed(&seed).await;
    for (n, instant) in [(201, "13:00"), (202, "12:30"), (203, "14:00")] {
        let set = format!("last_inbound_at = '2026-03-03 {instant}+00'");
        let one = conversation(n);
        store
            .execute(&format!(
                "UPDATE conversations SET {set} WHERE id = '{one}'"
            ))
            .await;
    }
    assert_eq!(facts(&store, STRANGER).await.lead_id, Some(lead(201)));
}

#[tokio::test]
async fn a_received_text_is_stored_as_it_was_handled() {
    let store = Store::new().await;
    let change = handled(&store, 1, 1, "please stop texting me", noon()).await;
    assert_eq!(record(&store, change.clone()).await, InboundOutcome::New);
    let stored = store.find(change.message.id).await.unwrap();
    assert_eq!(stored, change.message.clone().committed());
    assert_eq!(store.count("history").await, 1);
    let event = store.number("SELECT count(*) FROM provider_events WHERE message_id IS NOT NULL");
    assert_eq!(event.await, 1);
    let conversation = store.context(1).await.message.conversation;
    assert_eq!(conversation.last_inbound_at, Some(noon()));
    assert_eq!(conversation.active_number, Some(number_id()));
}

#[tokio::test]
async fn an_unknown_person_becomes_a_lead_with_a_thread() {
    let store = Store::new().await;
    let change = handled(&store, 1, STRANGER, "Do you do gutters?", noon()).await;
    assert_eq!(record(&store, change.clone()).await, InboundOutcome::New);
    let facts = facts(&store, STRANGER).await;
    assert_eq!(facts.lead_id, change.new_lead.map(|lead| lead.id));
    assert_eq!(
        facts.conversation_id,
        Some(change.message.submission.conversation_id)
    );
}

#[tokio::test]
async fn a_text_is_recorded_once_whether_its_event_or_another_brings_it_again() {
    let store = Store::new().await;
    let first = handled(&store, 1, 1, "Hi", noon()).await;
    assert_eq!(record(&store, first.clone()).await, InboundOutcome::New);
    let facts = facts(&store, 1).await;
    let same_event = change(1, &text_in(2, 1, "Hi", noon()), &facts);
    assert_eq!(record(&store, same_event).await, InboundOutcome::Duplicate);
    let same_text = change(2, &text_in(1, 1, "Hi", noon()), &facts);
    assert_eq!(record(&store, same_text).await, InboundOutcome::Duplicate);
    assert_eq!(record(&store, first).await, InboundOutcome::Duplicate);
    assert_eq!(store.count("messages").await, 1);
    assert_eq!(store.count("provider_events").await, 1);
}

#[tokio::test]
async fn a_text_that_was_kept_unmatched_is_recorded_when_it_is_replayed() {
    let store = Store::new().await;
    let facts = facts(&store, 1).await;
    let change = change(1, &text_in(1, 1, "Hi", noon()), &facts);
    let kept = ProviderEvent {
        matched: None,
        ..change.event.clone()
    };
    store.pg.keep_unmatched(kept).await.unwrap();
    assert_eq!(record(&store, change).await, InboundOutcome::New);
    assert_eq!(store.pg.list_unmatched(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_number_has_an_owner_whichever_account_it_belongs_to() {
    let store = Store::new().await;
    let ours = fixtures::phone("+14045559999");
    assert_eq!(
        store.pg.owner(&ours).await.unwrap(),
        Some(organization_id())
    );
    assert_eq!(store.pg.owner(&phone(1)).await.unwrap(), None);
}

#[tokio::test]
async fn one_event_brings_a_text_to_every_organization_of_a_group_and_to_each_once() {
    let store = Store::new().await;
    let other = seed_number(
        other_organization(),
        PhoneNumberId::new(uuid(40, 1)),
        "+14045559996",
    );
    let mut seed = seed_of(other_organization());
    seed.organizations[0].default_number_id = None;
    seed.organizations[0].preferred_number_ids.clear();
    seed.numbers = vec![other.clone()];
    store.seed(&seed).await;
    let sms = text_in(1, 1, "STOP", noon());
    let theirs = InboundRepository::load(&store.pg, &account(), &other.phone, &sms.from).await;
    let ours = change(1, &sms, &facts(&store, 1).await);
    let mut theirs = change(1, &sms, &theirs.unwrap().unwrap());
    theirs.message = altered(&theirs.message, |message| {
        message.id = sms_domain::values::ids::MessageId::new(uuid(30, 2));
    });
    theirs.event.matched = Some((other_organization(), theirs.message.id));
    for (change, outcome) in [
        (&ours, InboundOutcome::New),
        (&theirs, InboundOutcome::New),
        (&theirs, InboundOutcome::Duplicate),
        (&ours, InboundOutcome::Duplicate),
    ] {
        assert_eq!(record(&store, change.clone()).await, outcome);
    }
    assert_eq!(store.count("messages").await, 2);
    assert_eq!(
        store.count("suppressions WHERE released_at IS NULL").await,
        2
    );
    assert_eq!(store.pg.list_unmatched(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_came_with_a_text_is_found_with_its_message_and_in_reviews() {
    let store = Store::new().await;
    let attachments = Attachments {
        subject: Some(Text::new("My roof")),
        media: vec![Media {
            url: Text::new("https://media.example/1"),
            content_type: Some("image/jpeg".to_owned()),
            size: Some(7),
            sha256: None,
        }],
    };
    let mut sms = text_in(1, 1, "not interested", noon());
    sms.attachments = attachments.clone();
    let change = change(1, &sms, &facts(&store, 1).await);
    let id = change.message.id;
    record(&store, change).await;
    receive(&store, 2, 1, "Hi", later(1)).await;
    let found = store.pg.message_view(organization_id(), id).await.unwrap();
    assert_eq!(found.unwrap().attachments, attachments);
    let elsewhere = store.pg.message_view(other_organization(), id).await;
    assert_eq!(elsewhere.unwrap(), None);
    let review = store.pg.list_reviews(None, 1).await.unwrap().remove(0);
    let shown: Vec<_> = review
        .texts
        .into_iter()
        .map(|text| text.attachments)
        .collect();
    assert_eq!(shown, [Attachments::default(), attachments]);
}

#[tokio::test]
async fn two_first_texts_of_one_person_make_one_lead() {
    let store = Store::new().await;
    let unknown = facts(&store, STRANGER).await;
    let change = |n| change(n, &text_in(n, STRANGER, "Hi", noon()), &unknown);
    let (first, second) = tokio::join!(record(&store, change(1)), record(&store, change(2)));
    let mut outcomes = [first, second];
    outcomes.sort_by_key(|outcome| *outcome == InboundOutcome::Conflict);
    assert_eq!(outcomes, [InboundOutcome::New, InboundOutcome::Conflict]);
    assert_eq!(store.count("messages").await, 1);
}

#[tokio::test]
async fn a_second_thread_for_a_lead_is_a_conflict_and_nothing_of_the_text_is_written() {
    let store = Store::new().await;
    let known = facts(&store, 1).await;
    let outdated = sms_domain::inbound::InboundFacts {
        conversation_id: None,
        ..known
    };
    let change: InboundChange = change(1, &text_in(1, 1, "STOP", noon()), &outdated);
    assert_eq!(record(&store, change).await, InboundOutcome::Conflict);
    for table in ["messages", "provider_events", "suppressions", "recipients"] {
        assert_eq!(store.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn an_opt_out_stops_a_decision_that_was_made_before() {
    let store = Store::new().await;
    let decided_before = queued(1);
    receive(&store, 1, 1, "STOP", noon()).await;
    assert_eq!(
        store.commit(decided_before).await,
        Err(CommitError::Conflict)
    );
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
}

#[tokio::test]
async fn a_text_to_be_reviewed_stops_a_decision_that_was_made_before() {
    let store = Store::new().await;
    let mut decided_before = queued(1);
    decided_before.guards.recipient = advance(&decided_before.message, 0);
    receive(&store, 1, 1, "not interested", noon()).await;
    assert_eq!(
        store.commit(decided_before).await,
        Err(CommitError::Conflict)
    );
}

#[tokio::test]
async fn a_text_to_be_reviewed_flags_every_thread_with_the_person_until_it_is_clear() {
    let store = Store::new().await;
    let twin = Lead {
        phone: phone(1),
        ..seed_lead(organization_id(), 201)
    };
    let seed = Seed {
        leads: vec![twin],
        conversations: vec![seed_conversation(organization_id(), 201)],
        ..Seed::default()
    };
    store.seed(&seed).await;
    let flagged = "SELECT count(*) FROM conversations WHERE awaits_opt_out_review";
    receive(&store, 1, 1, "not interested", noon()).await;
    assert_eq!(store.number(flagged).await, 2);
    receive(&store, 2, 1, "thanks", later(1)).await;
    assert_eq!(store.number(flagged).await, 2);
    receive(&store, 3, 1, "STOP", later(2)).await;
    assert_eq!(store.number(flagged).await, 0);
}

#[tokio::test]
async fn an_older_text_does_not_move_the_thread_back() {
    let store = Store::new().await;
    let second = PhoneNumberId::new(uuid(6, 2));
    let number = seed_number(organization_id(), second, "+14045559997");
    store
        .seed(&Seed {
            numbers: vec![number],
            ..Seed::default()
        })
        .await;
    let newer = {
        let sms = sms_domain::carrier::InboundSms {
            to: vec![fixtures::phone("+14045559997")],
            ..text_in(1, 1, "Hi", later(5))
        };
        let facts = InboundRepository::load(&store.pg, &account(), &sms.to[0], &sms.from).await;
        change(1, &sms, &facts.unwrap().unwrap())
    };
    assert_eq!(record(&store, newer).await, InboundOutcome::New);
    receive(&store, 2, 1, "Hi again", noon()).await;
    let conversation = store.context(1).await.message.conversation;
    assert_eq!(conversation.last_inbound_at, Some(later(5)));
    assert_eq!(conversation.active_number, Some(second));
}

#[tokio::test]
async fn start_opens_again_what_stop_closed() {
    let store = Store::new().await;
    receive(&store, 1, 1, "STOP", noon()).await;
    receive(&store, 2, 1, "START", later(1)).await;
    assert!(store.scopes(1).await.is_empty());
    assert_eq!(store.count("suppressions").await, 1);
}

#[tokio::test]
async fn a_late_start_does_not_undo_a_stop_that_was_said_again_after_it() {
    let store = Store::new().await;
    receive(&store, 1, 1, "STOP", noon()).await;
    let seen_before = facts(&store, 1).await;
    receive(&store, 2, 1, "stop", later(2)).await;
    let start = change(3, &text_in(3, 1, "START", later(1)), &seen_before);
    assert!(start.opt_in.is_some());
    assert_eq!(record(&store, start).await, InboundOutcome::New);
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
}

#[tokio::test]
async fn a_received_text_is_due_for_nobody() {
    let store = Store::new().await;
    receive(&store, 1, 1, "Hi", noon()).await;
    store.commit(scheduled(2, later(60))).await.unwrap();
    assert_eq!(
        store
            .number("SELECT count(*) FROM messages WHERE due_at IS NOT NULL")
            .await,
        1
    );
}
