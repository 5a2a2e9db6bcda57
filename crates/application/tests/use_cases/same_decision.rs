//! Sending, previewing and the look before a message leaves give the domain the same: equal facts,
//! equal decision and trace.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use sms_application::{PreviewService, PreviewSms, SendCommand, SendService, SendSms};
use sms_domain::decision::{Decided, DecisionRecord};
use sms_domain::facts::{
    CapacityWindows, Context, DEFAULT_CAPACITY_ZONE, NumberFacts, RecentSend, Registration,
    Suppression, SuppressionScope, Usage, WindowUsage,
};
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Decision, Message, State};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{MessageId, PhoneNumberId};
use sms_domain::values::{CounterKind, Health};
use sms_testkit::{ManualClock, fixtures, sequential_uuid};

use crate::dispatch::{accepted, due, gateway, world};
use crate::send::command;
use crate::world::{
    Commits, accepting_store, facts, facts_repository, ids, no_files, stored, waker,
};

/// What the store knows at some moment; most of it lets a message leave.
#[derive(Debug, Clone)]
struct Situation {
    to: &'static str,
    state: Option<&'static str>,
    is_archived: bool,
    has_consent: bool,
    has_opted_out: bool,
    awaits_review: bool,
    /// Minutes.
    last_inbound_ago: Option<i64>,
    /// Minutes, of messages that count.
    sent_ago: Vec<i64>,
    /// Of 50 a day and 10 an hour.
    numbers: Vec<(Registration, Health, u32)>,
    balance: i64,
}

/// The places of every number.
const HOUR_LIMIT: u32 = 10;
const DAY_LIMIT: u32 = 50;

fn situation() -> impl Strategy<Value = Situation> {
    let registration = prop_oneof![
        4 => Just(Registration::Approved),
        1 => Just(Registration::Pending),
    ];
    let health = prop_oneof![
        4 => Just(Health::Healthy),
        1 => Just(Health::Limited),
        1 => Just(Health::Suspended),
    ];
    let used = prop_oneof![3 => 0..9_u32, 2 => 9..11_u32];
    let person = (
        select(vec![
            "+14045550100",
            "+13055550100",
            "+12145550100",
            "+14235550100",
        ]),
        weighted(0.3, select(vec!["TX", "RI", "nowhere"])),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.95),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.1),
    );
    let traffic = (
        weighted(0.3, 0..90_i64),
        vec(0..1_500_i64, 0..5),
        vec((registration, health, used), 1..4),
        prop_oneof![9 => Just(10_000_000_i64), 1 => Just(10_000)],
    );
    (person, traffic).prop_map(|(person, traffic)| {
        let (to, state, is_archived, has_consent, has_opted_out, awaits_review) = person;
        let (last_inbound_ago, sent_ago, numbers, balance) = traffic;
        Situation {
            to,
            state,
            is_archived,
            has_consent,
            has_opted_out,
            awaits_review,
            last_inbound_ago,
            sent_ago,
            numbers,
            balance,
        }
    })
}

impl Situation {
    fn context(&self, now: DateTime<Utc>) -> Context {
        let mut context = fixtures::context();
        let mut org = fixtures::org();
        let numbers = self.numbers.iter().zip(1..);
        org.numbers = numbers.map(|(given, n)| number(n, *given, now)).collect();
        org.default_number = org.numbers.first().map(|number| number.id);
        context.org = Arc::new(org);
        let facts = &mut context.message;
        facts.lead.phone = fixtures::phone(self.to);
        facts.lead.state = self.state.map(str::to_owned);
        facts.lead.is_archived = self.is_archived;
        facts.lead.consent = facts.lead.consent.filter(|_| self.has_consent);
        facts.conversation.awaits_opt_out_review = self.awaits_review;
        let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
        facts.conversation.last_inbound_at = self.last_inbound_ago.map(ago);
        facts.recipient.recent = (self.sent_ago.iter().zip(0xF0..))
            .map(|(minutes, n)| sent(MessageId::new(sequential_uuid(n)), ago(*minutes)))
            .collect();
        let scope = SuppressionScope::Organization;
        let suppression = self.has_opted_out.then_some(Suppression { scope });
        facts.recipient.suppressions.extend(suppression);
        facts.wallet.balance = Money::from_micros(self.balance);
        context
    }
}

fn number(n: u64, given: (Registration, Health, u32), now: DateTime<Utc>) -> NumberFacts {
    let (registration, health, used) = given;
    let windows = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now);
    let usage = [CounterKind::Hour, CounterKind::Day].map(|kind| WindowUsage {
        kind,
        window_start: windows.start(kind),
        used,
    });
    NumberFacts {
        id: PhoneNumberId::new(sequential_uuid(0xD0 + n)),
        phone: fixtures::phone(&format!("+1404555019{n}")),
        registration,
        health,
        hourly_limit: Some(HOUR_LIMIT),
        daily_limit: Some(DAY_LIMIT),
        usage: Usage(usage.to_vec()),
        ..fixtures::number()
    }
}

fn sent(message_id: MessageId, at: DateTime<Utc>) -> RecentSend {
    RecentSend {
        message_id,
        at,
        text_hash: 0,
        is_counted: true,
    }
}

/// The same facts once `message` stands in the store: what it holds, reserves and counts is in them.
fn with(mut context: Context, message: &Message) -> Context {
    let facts = &mut context.message;
    facts.wallet.held = facts.wallet.held.plus(message.billing.hold);
    let Some(reservation) = message.reservation else {
        return context;
    };
    let queued_at = message.timeline.modified_at;
    let own = sent(message.id, queued_at);
    facts.recipient.recent.push(own);
    let mut org = context.org.as_ref().clone();
    let mut numbers = org.numbers.iter_mut();
    if let Some(number) = numbers.find(|number| number.id == reservation.number_id) {
        number.last_used_at = Some(queued_at);
        count(&mut number.usage, CounterKind::Hour, reservation.hour_start);
        count(&mut number.usage, CounterKind::Day, reservation.day_start);
    }
    context.org = Arc::new(org);
    context
}

fn count(usage: &mut Usage, kind: CounterKind, window_start: DateTime<Utc>) {
    let is_same = |one: &&mut WindowUsage| (one.kind, one.window_start) == (kind, window_start);
    if let Some(window) = usage.0.iter_mut().find(is_same) {
        window.used += 1;
    }
}

async fn send(command: SendCommand, context: Context, now: DateTime<Utc>) -> MessageChange {
    let commits = Commits::default();
    let use_case = SendSms::new(
        Arc::new(accepting_store(&commits)),
        Arc::new(facts_repository(facts(context))),
        Arc::new(waker()),
        Arc::new(ManualClock::at(now)),
        ids(),
        no_files(),
    );
    use_case.send(command).await.unwrap();
    commits.lock().unwrap().remove(0)
}

async fn preview(command: &SendCommand, context: Context, now: DateTime<Utc>) -> Decided {
    let facts = Arc::new(facts_repository(facts(context)));
    let use_case = PreviewSms::new(facts, Arc::new(ManualClock::at(now)), no_files());
    use_case.preview(command, None).await.unwrap().decided
}

/// What the look before leaving commits.
async fn look_again(message: &Message, context: Context, now: DateTime<Utc>) -> MessageChange {
    let world = world(
        due(message.clone(), None),
        context,
        gateway(accepted(), false),
    );
    world.clock.set(now);
    let _calls = world.dispatch.claim(10).await.unwrap();
    world.commits.lock().unwrap().remove(0)
}

/// A decision that changes nothing about a queued message is not kept: then a preview says that it
/// leaves from the same number.
fn is_confirmed(message: &Message, previewed: &Decided) -> bool {
    let route = message.route.as_ref().map(|route| route.number_id);
    let sends_from = match &previewed.decision {
        Decision::Send(plan) => Some(plan.route.number_id),
        Decision::Defer(_) | Decision::Block(_) | Decision::NoNumber(_) => None,
    };
    matches!(message.state, State::Queued { .. }) && sends_from.is_some() && sends_from == route
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(test)
}

fn minutes_after_noon(minutes: i64) -> DateTime<Utc> {
    fixtures::noon() + TimeDelta::minutes(minutes)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn sending_decides_what_a_preview_says(
        situation in situation(),
        minutes in 0..2_880_i64,
        ahead in weighted(0.3, 1..600_i64),
    ) {
        let now = minutes_after_noon(minutes);
        let scheduled_for = ahead.map(|ahead| now + TimeDelta::minutes(ahead));
        let command = SendCommand { scheduled_for, ..command() };
        let (sent, previewed) = run(async {
            let previewed = preview(&command, situation.context(now), now).await;
            (send(command, situation.context(now), now).await, previewed)
        });
        prop_assert_eq!(sent.decision, Some(previewed.record(now)));
    }

    #[test]
    fn the_look_before_leaving_decides_what_a_preview_then_says(
        before in situation(),
        after in situation(),
        has_changed in any::<bool>(),
        minutes in 0..2_880_i64,
        ahead in weighted(0.3, 1..600_i64),
        late in 0..180_i64,
    ) {
        let sent_at = minutes_after_noon(minutes);
        let scheduled_for = ahead.map(|ahead| sent_at + TimeDelta::minutes(ahead));
        let command = SendCommand { scheduled_for, ..command() };
        let sent = run(send(command.clone(), before.context(sent_at), sent_at));
        let message = stored(&sent.message);
        prop_assume!(message.is_waiting());
        let now = message.due_at.unwrap_or(sent_at) + TimeDelta::minutes(late);
        let after = if has_changed { after } else { before };
        let (previewed, looked) = run(async {
            let previewed = preview(&command, after.context(now), now).await;
            (previewed, look_again(&message, with(after.context(now), &message), now).await)
        });
        let expected: Option<DecisionRecord> =
            (!is_confirmed(&message, &previewed)).then(|| previewed.record(now));
        prop_assert_eq!(looked.decision, expected);
    }
}
