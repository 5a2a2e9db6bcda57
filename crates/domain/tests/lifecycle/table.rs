//! The transition table against the state machines: every reachable message gets every event, and
//! the results are compared with the table's rows.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::{Evidence, EvidenceKind};
use sms_domain::message::event_kind::EventKind;
use sms_domain::message::transitions::{TRANSITIONS, Transition};
use sms_domain::message::{
    Attempt, Block, BlockKind, Decision, Event, FollowUp, MergedEvidence, Message, Schedule,
    Status, TrafficType,
};
use sms_domain::values::reason::Reason;

use crate::samples::{after, attempt, draft, plan, start};

/// A message and what is known about its attempts, the newest last.
#[derive(Debug, Clone)]
struct World {
    message: Message,
    attempts: Vec<Attempt>,
}

/// From, event, to: by name, so that they have an order.
type Step = (Status, String, Status);

/// The most attempts of a message: a third adds no new behaviour.
const MOST_ATTEMPTS: usize = 2;

fn decisions() -> Vec<Decision> {
    let block = |kind, reason| Decision::Block(Block { kind, reason });
    vec![
        Decision::Send(Box::new(plan())),
        Decision::Defer(Schedule {
            until: after(3_600),
            reason: Reason::QuietHours,
        }),
        Decision::Defer(Schedule {
            until: after(3_600),
            reason: Reason::Paused,
        }),
        block(BlockKind::OptedOut, Reason::ContactOptedOut),
        block(BlockKind::Compliance, Reason::LeadArchived),
        block(BlockKind::Billing, Reason::WalletInsufficient),
        block(BlockKind::MissingCampaign, Reason::TenDlcNotApproved),
        Decision::NoNumber(Reason::NoEligiblePhoneNumber),
    ]
}

fn events() -> Vec<Event> {
    let retry = FollowUp::Retry {
        at: after(90),
        is_void: false,
        switches_number: false,
    };
    let deadline = after(30);
    let mut events = vec![
        Event::Cancel,
        Event::OptOut,
        Event::Claim { deadline },
        Event::Resend { deadline },
        Event::Refused(FollowUp::Fail(Reason::ProviderFailureBackoff.into())),
        Event::Refused(retry),
        Event::Refused(FollowUp::OptOut),
        Event::Refused(FollowUp::MissingCampaign),
        Event::OutcomeUnknown {
            look_again_at: deadline,
        },
        Event::Expire,
    ];
    for decision in decisions() {
        events.push(Event::Judged(decision.clone()));
        for is_forced in [false, true] {
            events.push(Event::Resubmitted {
                decision: decision.clone(),
                is_forced,
            });
        }
    }
    events
}

fn evidence(kind: EvidenceKind, event_id: &str, occurred_at: DateTime<Utc>) -> Evidence {
    Evidence {
        kind,
        occurred_at,
        event_id: event_id.to_owned(),
        provider_message_id: None,
        parts: None,
        error: None,
    }
}

/// Every kind; of two kinds that are equally strong, either before the other; and word of throttling
/// after the message's time.
fn evidences() -> Vec<Evidence> {
    let at_once = EvidenceKind::ALL
        .iter()
        .map(|kind| evidence(*kind, "b", after(5)));
    let others = [
        evidence(EvidenceKind::OptedOut, "a", after(5)),
        evidence(EvidenceKind::OptedOut, "c", after(5)),
        evidence(EvidenceKind::Throttled, "b", start() + TimeDelta::hours(80)),
    ];
    at_once.chain(others).collect()
}

impl World {
    fn new(traffic: TrafficType) -> Self {
        Self {
            message: draft(traffic),
            attempts: Vec::new(),
        }
    }

    /// The state on which further steps depend.
    fn key(&self) -> String {
        let message = &self.message;
        let newest = self.attempts.last().map(|attempt| &attempt.evidence);
        let verdict = newest.and_then(|evidence| evidence.strongest.as_ref());
        let older = self.attempts.iter().rev().skip(1);
        let is_delivered =
            |attempt: &Attempt| attempt.evidence.verdict() == Some(EvidenceKind::Delivered);
        format!(
            "{:?} {:?} {:?} {verdict:?} {:?}",
            message.state,
            message.submission.traffic,
            message.attempts,
            older.map(is_delivered).collect::<Vec<_>>(),
        )
    }

    /// Takes an event as the product does: with an attempt for a claim, and with the refusal kept.
    fn taking(&self, event: Event, now: DateTime<Utc>) -> Option<Self> {
        let (is_claim, is_refusal) = (
            matches!(event, Event::Claim { .. }),
            matches!(event, Event::Refused(_)),
        );
        let message = self.message.clone().apply(event, now).ok()?;
        let mut attempts = self.attempts.clone();
        if is_claim {
            attempts.push(Attempt {
                evidence: MergedEvidence::default(),
                ..attempt(message.attempts.last)
            });
        }
        if let Some(last) = attempts.last_mut().filter(|_| is_refusal) {
            let refusal = evidence(EvidenceKind::Refused, "answer", after(5));
            last.evidence = last.evidence.clone().merge(&refusal);
        }
        Some(Self { message, attempts })
    }

    /// Applies evidence about one of the attempts. The event is the attempt's merged evidence;
    /// `None` if the message does not show it.
    fn learning(
        &self,
        number: usize,
        evidence: &Evidence,
        now: DateTime<Utc>,
    ) -> (Option<EvidenceKind>, Self) {
        let mut attempts = self.attempts.clone();
        let about = attempts[number].clone();
        let folded = self.message.clone().with_evidence(about, evidence, now);
        let verdict = folded.attempt.evidence.verdict();
        attempts[number] = folded.attempt;
        let is_shown = folded.message.timeline.modified_at == now;
        let message = folded.message;
        (verdict.filter(|_| is_shown), Self { message, attempts })
    }

    fn steps(&self, now: DateTime<Utc>) -> Vec<(Option<EventKind>, Self)> {
        let own = events().into_iter().filter_map(|event| {
            let kind = event.kind();
            Some((Some(kind), self.taking(event, now)?))
        });
        let learnt = (0..self.attempts.len()).flat_map(|number| {
            evidences().into_iter().map(move |evidence| {
                let (verdict, world) = self.learning(number, &evidence, now);
                (verdict.map(EventKind::Evidence), world)
            })
        });
        own.chain(learnt).collect()
    }
}

/// Every step that real events lead to, from a new message on.
fn observed() -> BTreeSet<Step> {
    let mut waiting = vec![
        World::new(TrafficType::RealLead),
        World::new(TrafficType::SystemInternal),
    ];
    let mut known: BTreeSet<String> = waiting.iter().map(World::key).collect();
    let mut observed = BTreeSet::new();
    while let Some(world) = waiting.pop() {
        // Later than any earlier step, so that a repeated result can be distinguished.
        let now = world.message.timeline.modified_at + TimeDelta::milliseconds(1);
        for (event, next) in world.steps(now) {
            if let Some(event) = event {
                let from = world.message.status();
                observed.insert((from, event.label(), next.message.status()));
            }
            if next.attempts.len() <= MOST_ATTEMPTS && known.insert(next.key()) {
                waiting.push(next);
            }
        }
    }
    observed
}

fn rows(table: &[Transition]) -> BTreeSet<Step> {
    let step = |row: &Transition, from: &Status| (*from, row.event.label(), row.to);
    table
        .iter()
        .flat_map(|row| row.from.iter().map(move |from| step(row, from)))
        .collect()
}

fn differences(table: &[Transition], observed: &BTreeSet<Step>) -> Vec<String> {
    let rows = rows(table);
    let never = rows.difference(observed);
    let unlisted = observed.difference(&rows);
    let never = never.map(|step| format!("a row that never happens: {step:?}"));
    let unlisted = unlisted.map(|step| format!("happens without a row: {step:?}"));
    never.chain(unlisted).collect()
}

#[test]
fn the_table_lists_what_happens_and_nothing_else() {
    assert_eq!(differences(TRANSITIONS, &observed()), Vec::<String>::new());
}

#[test]
fn a_spoiled_table_is_told_from_what_happens() {
    let observed = observed();
    for (place, row) in TRANSITIONS.iter().enumerate() {
        let spoiled = |spoil: fn(&mut Vec<Transition>, usize)| {
            let mut table = TRANSITIONS.to_vec();
            spoil(&mut table, place);
            differences(&table, &observed)
        };
        let missing = spoiled(|table, place| {
            table.remove(place);
        });
        assert!(!missing.is_empty(), "without {row:?}");
        let elsewhere = spoiled(|table, place| table[place].to = Status::Received);
        assert!(!elsewhere.is_empty(), "another status after {row:?}");
        let anywhere = spoiled(|table, place| table[place].from = Status::ALL);
        assert!(!anywhere.is_empty(), "from anywhere: {row:?}");
    }
}
