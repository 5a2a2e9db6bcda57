//! Texts from people.

use std::sync::Arc;

use sms_application::{Arrived, InboundPorts, ReceiveInbound, Received};
use sms_domain::carrier::{InboundSms, NoticeContent};
use sms_domain::content::{Text, text_hash};
use sms_domain::facts::{
    Context, IdentityPolicy, OrganizationKind, RecentSend, Suppression, SuppressionScope,
};
use sms_domain::inbound::{ActiveSuppression, InboundFacts};
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::message::{Message, Schedule, State, Status, TrafficType};
use sms_domain::numbers::ReputationEvent;
use sms_domain::ports::{CommitError, InboundOutcome, MockDispatchWaker, OptOutOutcome};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::SuppressionId;
use sms_domain::values::reason::Reason;
use sms_testkit::fixtures::altered;
use sms_testkit::{fixtures, sequential_uuid};

use crate::opt_out_world::{Desk, drained, inbound_facts, notice, received_event, text_in};
use crate::world::{clock, facts, facts_repository, failing_store, ids, stored, waker};

/// How the store answers.
struct Store {
    facts: Option<InboundFacts>,
    outcomes: Vec<InboundOutcome>,
    context: Context,
    errors: Vec<CommitError>,
    waiting: Vec<Message>,
    waker: MockDispatchWaker,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            facts: Some(inbound_facts()),
            outcomes: Vec::new(),
            context: closed_context(),
            errors: Vec::new(),
            waiting: Vec::new(),
            waker: waker(),
        }
    }
}

/// The facts once the person's opt-out is recorded.
fn closed_context() -> Context {
    let mut context = fixtures::context();
    let scope = SuppressionScope::Organization;
    context
        .message
        .recipient
        .suppressions
        .push(Suppression { scope });
    context.message.conversation.active_number = Some(fixtures::number_id());
    context
}

async fn receive(sms: InboundSms, store: Store) -> (Received, Desk) {
    let (arrived, desk) = receive_from("default", sms, store).await;
    (arrived.received, desk)
}

/// A text that a key of `account` signed.
async fn receive_from(account: &str, sms: InboundSms, store: Store) -> (Arrived, Desk) {
    let desk = Desk::default();
    let messages = Arc::new(failing_store(&desk.commits, store.errors));
    let list = desk.list(OptOutOutcome::Recorded, store.waiting);
    let ports = InboundPorts {
        inbound: Arc::new(desk.inbound(store.facts, store.outcomes)),
        facts: Arc::new(facts_repository(facts(store.context))),
        messages,
        waker: Arc::new(store.waker),
        clock: clock(),
        ids: ids(),
    };
    let use_case = ReceiveInbound::new(ports, desk.opt_outs(list), desk.watch());
    let mut event = received_event();
    event.account = ProviderAccount::new(account);
    let notice = notice(event, NoticeContent::Inbound(sms.clone()));
    let arrived = use_case.receive(&sms, &notice).await.unwrap();
    (arrived, desk)
}

fn scheduled(id: u64) -> Message {
    let schedule = Schedule {
        until: fixtures::noon(),
        reason: Reason::QuietHours,
    };
    let message = stored(&fixtures::message_in(State::Scheduled(schedule)));
    altered(&message, |message| {
        message.id = sms_domain::values::ids::MessageId::new(sequential_uuid(id));
    })
}

#[tokio::test]
async fn an_ordinary_text_is_recorded_and_nothing_else_happens() {
    let (received, desk) = receive(text_in("What would it cost?"), Store::default()).await;
    assert_eq!(received, Received::Recorded);
    assert_eq!(drained(&desk.inbound)[0].message.status(), Status::Received);
    assert!(drained(&desk.commits).is_empty() && drained(&desk.reputation).is_empty());
}

#[tokio::test]
async fn a_text_to_a_number_that_nobody_has_is_not_recorded() {
    let store = Store {
        facts: None,
        ..Store::default()
    };
    let (arrived, desk) = receive_from("default", text_in("STOP"), store).await;
    let expected = Arrived {
        received: Received::NotRecorded,
        nobodys: vec![fixtures::number().phone],
    };
    assert_eq!(arrived, expected);
    assert!(drained(&desk.inbound).is_empty());
}

#[tokio::test]
async fn a_group_is_received_at_our_number_wherever_it_stands() {
    let other = fixtures::phone("+14045550177");
    let mut sms = text_in("STOP");
    sms.to.insert(0, other.clone());
    let (arrived, desk) = receive_from("default", sms, Store::default()).await;
    let expected = Arrived {
        received: Received::Recorded,
        nobodys: vec![other],
    };
    assert_eq!(arrived, expected);
    assert!(drained(&desk.inbound)[0].opt_out.is_some());
}

#[tokio::test]
async fn another_account_is_believed_when_it_says_stop_and_never_else() {
    for (text, closes) in [
        ("STOP", true),
        ("START", false),
        ("HELP", false),
        ("Hi", false),
    ] {
        let (arrived, desk) = receive_from("other", text_in(text), Store::default()).await;
        let expected = Arrived {
            received: Received::NotRecorded,
            nobodys: Vec::new(),
        };
        assert_eq!(arrived, expected, "{text}");
        assert!(drained(&desk.inbound).is_empty(), "{text}");
        let closed = drained(&desk.opt_outs);
        assert_eq!(closed.len(), usize::from(closes), "{text}");
        if let Some(closed) = closed.first() {
            assert_eq!(closed.scope, SuppressionScope::Organization);
            assert_eq!(closed.at, fixtures::noon());
        }
    }
}

#[tokio::test]
async fn a_number_of_ours_is_no_person_and_its_stop_is_heard_all_the_same() {
    for (text, closes) in [("STOP", true), ("HELP", false), ("Hi", false)] {
        let mut sms = text_in(text);
        sms.from = fixtures::number().phone;
        let (arrived, desk) = receive_from("default", sms, Store::default()).await;
        assert_eq!(arrived.received, Received::NotRecorded, "{text}");
        assert!(drained(&desk.inbound).is_empty() && drained(&desk.commits).is_empty());
        assert_eq!(drained(&desk.opt_outs).len(), usize::from(closes), "{text}");
    }
}

#[tokio::test]
async fn a_subject_is_read_like_a_text_and_goes_with_the_message() {
    let mut sms = text_in("");
    sms.attachments.subject = Some(Text::new("STOP"));
    let (_, desk) = receive(sms.clone(), Store::default()).await;
    let recorded = drained(&desk.inbound).remove(0);
    assert!(recorded.opt_out.is_some());
    assert_eq!(recorded.attachments, sms.attachments);
}

#[tokio::test]
async fn a_text_that_lost_a_race_is_handled_again_with_fresh_facts() {
    let store = Store {
        outcomes: vec![InboundOutcome::Conflict],
        ..Store::default()
    };
    let (received, desk) = receive(text_in("Hi"), store).await;
    assert_eq!(received, Received::Recorded);
    assert_eq!(drained(&desk.inbound).len(), 2);
}

#[tokio::test]
async fn a_text_that_keeps_losing_races_is_asked_for_again() {
    let store = Store {
        outcomes: vec![InboundOutcome::Conflict; 9],
        ..Store::default()
    };
    assert_eq!(receive(text_in("Hi"), store).await.0, Received::Contended);
}

#[tokio::test]
async fn an_opt_out_turns_everything_that_waits_and_counts_against_the_number() {
    let waiting: Vec<_> = (1..=250).map(scheduled).collect();
    let (_, desk) = receive(
        text_in("STOP"),
        Store {
            waiting,
            ..Store::default()
        },
    )
    .await;
    let turned = drained(&desk.commits);
    assert_eq!(turned.len(), 250);
    assert!(
        turned
            .iter()
            .all(|change| change.message.status() == Status::OptedOut)
    );
    assert_eq!(drained(&desk.reputation)[0].event, ReputationEvent::OptOut);
}

#[tokio::test]
async fn the_providers_own_keyword_is_not_confirmed_by_us() {
    let (_, desk) = receive(text_in("STOP"), Store::default()).await;
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn an_opt_out_in_other_words_is_confirmed_at_once() {
    let mut waker = MockDispatchWaker::new();
    waker.expect_wake().times(1).return_const(());
    let (_, desk) = receive(
        text_in("please stop texting me"),
        Store {
            waker,
            ..Store::default()
        },
    )
    .await;
    let commits = drained(&desk.commits);
    assert_eq!(commits.len(), 1);
    let confirmation = &commits[0].message;
    assert_eq!(confirmation.status(), Status::Queued);
    assert_eq!(confirmation.submission.traffic, TrafficType::SystemInternal);
    assert_eq!(
        confirmation.route.as_ref().unwrap().number_id,
        fixtures::number_id()
    );
}

#[tokio::test]
async fn a_confirmation_is_not_completed_as_a_first_message_is() {
    let mut context = closed_context();
    context.message.conversation.is_first_message = true;
    let org = std::sync::Arc::make_mut(&mut context.org);
    org.policy.first_message = IdentityPolicy::Append;
    let store = Store {
        context,
        ..Store::default()
    };
    let (_, desk) = receive(text_in("revoke"), store).await;
    let confirmation = drained(&desk.commits).remove(0).message;
    assert!(!confirmation.submission.text.as_str().contains("STOP"));
}

#[tokio::test]
async fn a_confirmation_that_lost_a_race_is_decided_again() {
    let store = Store {
        errors: vec![CommitError::Conflict],
        ..Store::default()
    };
    let (_, desk) = receive(text_in("revoke"), store).await;
    let commits = drained(&desk.commits);
    assert_eq!(commits.len(), 2);
    assert_eq!(commits[0].message.id, commits[1].message.id);
}

#[tokio::test]
async fn a_confirmation_that_somebody_else_sent_meanwhile_is_not_sent_again() {
    let (_, desk) = receive(text_in("revoke"), Store::default()).await;
    let first = drained(&desk.commits).remove(0).message;
    let mut context = closed_context();
    context.message.recipient.recent.push(RecentSend {
        message_id: first.id,
        at: fixtures::noon(),
        text_hash: text_hash(&first.submission.text),
        is_counted: false,
    });
    let (_, desk) = receive(
        text_in("revoke"),
        Store {
            context,
            ..Store::default()
        },
    )
    .await;
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn a_confirmation_of_what_was_undone_meanwhile_is_not_sent() {
    let store = Store {
        context: fixtures::context(),
        ..Store::default()
    };
    let (_, desk) = receive(text_in("revoke"), store).await;
    assert!(drained(&desk.commits).is_empty());
}

#[tokio::test]
async fn a_text_that_is_brought_again_finishes_what_was_cut_short() {
    let recorded = ActiveSuppression {
        id: SuppressionId::new(sequential_uuid(9)),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Inbound,
        profile: None,
        reason: None,
        at: fixtures::noon(),
        renewed_at: fixtures::noon(),
    };
    let store = Store {
        facts: Some(InboundFacts {
            suppressions: vec![recorded],
            ..inbound_facts()
        }),
        outcomes: vec![InboundOutcome::Duplicate],
        waiting: vec![scheduled(1)],
        ..Store::default()
    };
    let (received, desk) = receive(text_in("revoke"), store).await;
    assert_eq!(received, Received::Recorded);
    let statuses: Vec<_> = drained(&desk.commits)
        .iter()
        .map(|change| change.message.status())
        .collect();
    assert_eq!(statuses, [Status::OptedOut, Status::Queued]);
}

#[tokio::test]
async fn a_simulated_text_that_is_brought_again_is_answered_once() {
    let mut simulated = inbound_facts();
    simulated.organization_kind = OrganizationKind::Live;
    simulated.number.account = ProviderAccount::new(ProviderAccount::SIMULATOR);
    for (outcome, answers) in [(InboundOutcome::New, 1), (InboundOutcome::Duplicate, 0)] {
        let store = Store {
            facts: Some(simulated.clone()),
            outcomes: vec![outcome],
            ..Store::default()
        };
        let account = ProviderAccount::SIMULATOR;
        let (_, desk) = receive_from(account, text_in("revoke"), store).await;
        assert_eq!(drained(&desk.commits).len(), answers, "{outcome:?}");
    }
}

#[tokio::test]
async fn help_is_answered_from_the_texted_number() {
    let store = Store {
        context: fixtures::context(),
        ..Store::default()
    };
    let (_, desk) = receive(text_in("info"), store).await;
    let answer = &drained(&desk.commits)[0].message;
    assert!(answer.submission.text.as_str().contains("Reply STOP"));
    assert_eq!(answer.status(), Status::Queued);
}

#[tokio::test]
async fn a_person_who_opted_out_meanwhile_gets_no_answer_to_help() {
    let (_, desk) = receive(text_in("info"), Store::default()).await;
    assert!(drained(&desk.commits).is_empty());
}
