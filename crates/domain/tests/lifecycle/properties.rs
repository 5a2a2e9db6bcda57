//! Properties that hold for any order of responses, receipts and user actions.
//!
//! That no message is sent after an opt-out is a property of the store under races: see its
//! contract suite (`opt_outs.rs`, `recipients.rs`).

use proptest::prelude::*;
use sms_domain::carrier::{
    Evidence, EvidenceKind, Limit, ProviderAnswer, ProviderError, Refusal, RefusalClass,
    RequestBody,
};
use sms_domain::lifecycle::{HistorySource, MessageChange};
use sms_domain::message::{
    Attempt, Decision, Event, MergedEvidence, Message, SendingPhase, State, Status,
};
use sms_domain::values::billing::Money;

use crate::samples::{QUOTE, after, altered, ledger_id, plan, sending, start};

/// News about the newest attempt.
#[derive(Debug, Clone)]
enum News {
    Answer(ProviderAnswer),
    Receipt(Evidence),
}

fn error() -> ProviderError {
    ProviderError {
        code: "40008".to_owned(),
        message: "Undeliverable.".to_owned(),
    }
}

fn receipt() -> impl Strategy<Value = Evidence> {
    let kinds = prop::sample::select(vec![
        EvidenceKind::Accepted,
        EvidenceKind::Sent,
        EvidenceKind::Unconfirmed,
        EvidenceKind::Throttled,
        EvidenceKind::OptedOut,
        EvidenceKind::Failed,
        EvidenceKind::Undeliverable,
        EvidenceKind::Delivered,
    ]);
    (kinds, 0..20_i64, 0..6_u8, any::<bool>(), any::<bool>()).prop_map(
        |(kind, seconds, id, has_error, has_id)| Evidence {
            kind,
            occurred_at: after(seconds),
            event_id: format!("e-{id}-{kind}"),
            provider_message_id: has_id.then(|| "p-1".to_owned()),
            parts: None,
            error: has_error.then(error),
        },
    )
}

fn answer() -> impl Strategy<Value = ProviderAnswer> {
    let refused = prop::sample::select(vec![
        RefusalClass::Message,
        RefusalClass::Account,
        RefusalClass::SpendLimit,
        RefusalClass::Number,
        RefusalClass::OptedOut,
        RefusalClass::Registration,
        RefusalClass::SlowDown(Limit::Number),
        RefusalClass::Transient,
    ])
    .prop_map(|class| {
        ProviderAnswer::Refused(Refusal {
            class,
            error: error(),
            retry_after: None,
        })
    });
    prop_oneof![
        Just(ProviderAnswer::Accepted {
            provider_message_id: "p-1".to_owned(),
            parts: None
        }),
        Just(ProviderAnswer::Unknown {
            detail: "reset".to_owned()
        }),
        refused,
    ]
}

const fn is_refused_for_good(answer: &ProviderAnswer) -> bool {
    match answer {
        ProviderAnswer::Refused(refusal) => matches!(
            refusal.class,
            RefusalClass::Message | RefusalClass::OptedOut | RefusalClass::Registration
        ),
        ProviderAnswer::Accepted { .. } | ProviderAnswer::Unknown { .. } => false,
    }
}

/// One answer among any number of receipts, in two orders, the second with repetitions.
fn two_orders() -> impl Strategy<Value = (Vec<News>, Vec<News>)> {
    (answer(), prop::collection::vec(receipt(), 1..6)).prop_flat_map(|(answer, mut receipts)| {
        // A message that was refused permanently was not throttled as well.
        receipts.retain(|receipt| {
            receipt.kind != EvidenceKind::Throttled || !is_refused_for_good(&answer)
        });
        let mut once: Vec<News> = receipts.iter().cloned().map(News::Receipt).collect();
        let mut twice: Vec<News> = receipts.into_iter().map(News::Receipt).collect();
        twice.extend(once.clone());
        once.push(News::Answer(answer.clone()));
        twice.push(News::Answer(answer));
        (Just(once).prop_shuffle(), Just(twice).prop_shuffle())
    })
}

/// The response arrives at a fixed instant, whatever arrived before.
const ANSWERED: i64 = 5;

fn learn(message: Message, attempt: Attempt, news: &News) -> MessageChange {
    match news {
        News::Answer(answer) => {
            let now = after(ANSWERED);
            MessageChange::answered(message, attempt, answer, after(999), ledger_id(), now)
        }
        News::Receipt(evidence) => {
            let source = HistorySource::Provider;
            MessageChange::with_evidence(message, attempt, evidence, source, ledger_id(), after(30))
        }
    }
}

/// The message and the ledger after all news, each change committed in turn.
fn after_all(news: &[News]) -> (Message, Attempt, Money, Money) {
    let (mut message, mut attempt) = sending();
    let (mut held, mut balance) = (message.billing.hold, Money::ZERO);
    for one in news {
        let change = learn(message, attempt.clone(), one);
        held = held.plus(change.guards.hold_delta);
        balance = change
            .ledger
            .iter()
            .fold(balance, |sum, entry| sum.plus(entry.amount));
        message = change.message.committed();
        attempt = change.attempt.unwrap_or(attempt);
    }
    (message, attempt, held, balance)
}

/// The parts that must not depend on the order: all but the time and the number of writes, and
/// whether capacity that a refusal released was in use after all.
fn row(message: &Message) -> Message {
    altered(message, |message| {
        message.version = 0;
        message.timeline.modified_at = start();
        message.reservation = None;
        message.attempts.has_switched_number = false;
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn i_any_order_and_repetition_of_evidence_gives_the_same_row((one, other) in two_orders()) {
        let (message, attempt, held, balance) = after_all(&one);
        let (other_message, other_attempt, other_held, other_balance) = after_all(&other);
        prop_assert_eq!(row(&message), row(&other_message));
        prop_assert_eq!(attempt.evidence, other_attempt.evidence);
        prop_assert_eq!((held, balance), (other_held, other_balance));
    }

    #[test]
    fn ii_the_rank_never_falls_within_an_attempt(receipts in prop::collection::vec(receipt(), 1..12)) {
        let rank = |evidence: &MergedEvidence| evidence.verdict().map_or(0, EvidenceKind::rank);
        let mut evidence = MergedEvidence::default();
        for receipt in receipts {
            let before = rank(&evidence);
            evidence = evidence.merge(&receipt);
            prop_assert!(rank(&evidence) >= before);
        }
    }

    #[test]
    fn what_is_to_be_sent_is_written_whenever_it_changes((news, _) in two_orders()) {
        let (mut message, mut attempt) = sending();
        let mut stored = message.clone();
        for one in &news {
            let change = learn(message, attempt.clone(), one);
            if change.is_replanned {
                stored = change.message.clone();
            }
            message = change.message.committed();
            attempt = change.attempt.unwrap_or(attempt);
            prop_assert!(!message.is_replanned_since(&stored));
        }
    }

    #[test]
    fn iii_the_timestamps_agree_with_the_status((news, _) in two_orders()) {
        let (message, ..) = after_all(&news);
        let status = message.status();
        let timeline = &message.timeline;
        prop_assert_eq!(timeline.delivered_at.is_some(), status == Status::Delivered);
        prop_assert_eq!(timeline.undeliverable_at.is_some(), status == Status::Undeliverable);
        prop_assert_eq!(timeline.failed_at.is_some(), status == Status::Failed);
        if matches!(status, Status::Sent | Status::Delivered) {
            prop_assert!(timeline.sent_at.is_some());
        }
        if let (Some(sent), Some(delivered)) = (timeline.sent_at, timeline.delivered_at) {
            // Receipts may contradict each other, yet nothing is delivered unsent.
            prop_assert!(sent <= delivered || news.len() > 1);
        }
    }

    #[test]
    fn v_when_nothing_is_due_nothing_is_held_and_the_ledger_says_what_was_taken(
        (news, _) in two_orders()
    ) {
        let (message, attempt, held, balance) = after_all(&news);
        let is_charged = attempt.evidence.verdict().is_some_and(EvidenceKind::is_billable);
        let owed = if is_charged { QUOTE.negated() } else { Money::ZERO };
        prop_assert_eq!(balance, owed);
        prop_assert_eq!(held, message.billing.hold);
        if !message.is_waiting() && message.status() != Status::Sending {
            prop_assert_eq!(held, Money::ZERO);
        }
    }
}

/// Actions of the dispatcher and of users on one message, in addition to the provider's news.
#[derive(Debug, Clone)]
enum Step {
    Dispatch,
    Answer(ProviderAnswer),
    Lost,
    GiveUp,
    Cancel,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Dispatch),
        3 => answer().prop_map(Step::Answer),
        1 => Just(Step::Lost),
        1 => Just(Step::GiveUp),
        1 => Just(Step::Cancel),
    ]
}

/// Takes a step if the state machine accepts it; returns the message and its attempts afterwards.
fn take(message: Message, attempts: &mut Vec<Attempt>, step: &Step) -> Message {
    let now = after(60);
    let Some(attempt) = attempts.last().cloned() else {
        return message;
    };
    let is_calling = matches!(message.state, State::Sending(_));
    match step {
        Step::Dispatch => {
            let queued = message
                .clone()
                .apply(Event::Judged(Decision::Send(Box::new(plan()))), now);
            let claimed =
                queued.and_then(|queued| queued.apply(Event::Claim { deadline: now }, now));
            let Ok(claimed) = claimed else { return message };
            attempts.push(Attempt {
                number: claimed.attempts.last,
                calls: 1,
                is_void: false,
                request: Some(RequestBody(Vec::new())),
                evidence: MergedEvidence::default(),
                ..attempt
            });
            claimed
        }
        Step::Answer(answer) if is_calling => {
            let change =
                MessageChange::answered(message, attempt, answer, after(999), ledger_id(), now);
            replace(attempts, change)
        }
        Step::Lost if is_calling => replace(
            attempts,
            MessageChange::outcome_unknown(message, attempt, "", after(999), now),
        ),
        Step::GiveUp
            if matches!(
                message.state,
                State::Sending(SendingPhase::OutcomeUnknown { .. })
            ) =>
        {
            let given_up = Evidence {
                kind: EvidenceKind::OutcomeUnknown,
                occurred_at: now,
                event_id: "given-up".to_owned(),
                provider_message_id: None,
                parts: None,
                error: None,
            };
            let source = HistorySource::Dispatch;
            let change =
                MessageChange::with_evidence(message, attempt, &given_up, source, ledger_id(), now);
            replace(attempts, change)
        }
        Step::Cancel => message.clone().apply(Event::Cancel, now).unwrap_or(message),
        Step::Answer(_) | Step::Lost | Step::GiveUp => message,
    }
}

fn replace(attempts: &mut [Attempt], change: MessageChange) -> Message {
    if let (Some(last), Some(attempt)) = (attempts.last_mut(), change.attempt) {
        *last = attempt;
    }
    change.message
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn iv_at_most_one_attempt_lacks_a_definite_non_send(steps in prop::collection::vec(step(), 1..30)) {
        let (mut message, first) = sending();
        let mut attempts = vec![first];
        for step in &steps {
            message = take(message, &mut attempts, step);
            let open = attempts
                .iter()
                .filter(|attempt| attempt.evidence.verdict() != Some(EvidenceKind::Refused));
            prop_assert!(open.count() <= 1);
        }
    }
}
