//! Many concurrent messages for the last free places of a number: no place is given twice, and no message is lost.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sms_api::system::SystemIds;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::CounterKind;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::ConversationId;
use sms_postgres::Audit;
use sms_testkit::fixtures::instant;
use sms_tests::{Answer, Surroundings, Tenant, TestApp, message};

/// Messages of one race.
const MESSAGES: usize = 1_000;

/// Number of concurrent requests.
const AT_ONCE: usize = 125;

/// Places that the number still has today.
const PLACES: usize = 50;

/// Start of a day of capacity: midnight in Los Angeles.
const DAY: &str = "2026-03-03T08:00:00Z";

/// When waiting messages leave: midnight in Los Angeles is night in Georgia, so they wait until eight there.
const MORNING: &str = "2026-03-04T13:00:00Z";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_messages_fifty_take_the_last_places_and_the_others_the_next_number() {
    let race = Race::run(|around| {
        around.add_number(&SystemIds::default());
    })
    .await;
    assert_eq!(race.count(), BTreeMap::from([(("queued", ""), MESSAGES)]));
    let others = MESSAGES - PLACES;
    assert_eq!(race.taken().await, [PLACES, others]);

    race.app.dispatch().await;
    assert_eq!(race.left_by_number().await, [PLACES, others]);
    assert_eq!(race.texts_that_left(), MESSAGES);
    assert_eq!(race.taken().await, [PLACES, others]);
    assert_eq!(race.app.audit().await, Audit::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_messages_for_one_number_fifty_leave_and_the_others_wait_for_the_next_day() {
    let race = Race::run(|_| {}).await;
    let queued = race.count()[&("queued", "")];
    assert_eq!((queued, race.taken().await), (PLACES, vec![PLACES]));

    // A message that lost every race for a place retries a moment later.
    race.app.advance(TimeDelta::seconds(5));
    race.app.dispatch().await;
    assert_eq!(race.left_by_number().await, [PLACES]);
    let waits = race.waits().await;
    let expected = (
        "phone_number_daily_limit_reached".to_owned(),
        instant(MORNING),
    );
    assert_eq!(waits, BTreeMap::from([(expected, MESSAGES - PLACES)]));

    race.app.set_time(MORNING);
    race.app.dispatch().await;
    assert_eq!(race.left_by_number().await, [2 * PLACES]);
    assert_eq!(race.texts_that_left(), 2 * PLACES);
    assert_eq!(
        race.waits().await.values().sum::<usize>(),
        MESSAGES - 2 * PLACES
    );
    assert_eq!(race.app.audit().await, Audit::default());
}

/// A system after a race, with the answers of the race.
struct Race {
    app: TestApp,
    acme: Tenant,
    conversations: Vec<ConversationId>,
    answers: Vec<Answer>,
}

impl Race {
    /// Sends all messages; the organization prefers a number with few places.
    async fn run(differ: impl FnOnce(&mut Surroundings)) -> Self {
        let app = TestApp::start().await;
        let acme = app.tenant_of(OrganizationKind::Live, |around| {
            around.balance = Money::from_micros(100_000_000);
            around.numbers[0].daily_limit = Some(50);
            around.organization.preferred_number_ids = vec![around.numbers[0].id];
            differ(around);
        });
        let acme = acme.await;
        let people = (0..MESSAGES).map(|n| format!("+1404555{:04}", 9_000 + n));
        let conversations = acme.conversations(people).await;
        let answers = send_all(&acme, &conversations).await;
        assert_eq!(answers.len(), MESSAGES);
        Self {
            app,
            acme,
            conversations,
            answers,
        }
    }

    /// The number of answers by status and reason to wait.
    fn count(&self) -> BTreeMap<(&str, &str), usize> {
        let mut count = BTreeMap::new();
        for Answer { status, body, .. } in &self.answers {
            assert_eq!(*status, 201, "{body}");
            let text = |field: &str| body[field].as_str().unwrap_or_default();
            *count
                .entry((text("status"), text("scheduledReason")))
                .or_default() += 1;
        }
        count
    }

    /// The places taken on the first day, by number.
    async fn taken(&self) -> Vec<usize> {
        let numbers = self.acme.numbers(self.conversations[0]).await;
        let places = |id| {
            numbers
                .iter()
                .find(|number| number.id == id)
                .map(|number| number.usage.used(CounterKind::Day, instant(DAY)) as usize)
        };
        self.acme
            .number_ids
            .iter()
            .filter_map(|id| places(*id))
            .collect()
    }

    /// The number of messages that left, by number.
    async fn left_by_number(&self) -> Vec<usize> {
        let ledger = self.app.ledger();
        let numbers = self.acme.numbers(self.conversations[0]).await;
        let left = |id| {
            numbers.iter().find(|number| number.id == id).map(|number| {
                ledger
                    .iter()
                    .filter(|sms| sms.from == number.phone.as_str())
                    .count()
            })
        };
        self.acme
            .number_ids
            .iter()
            .filter_map(|id| left(*id))
            .collect()
    }

    /// The number of different texts that left; each message has its own text.
    fn texts_that_left(&self) -> usize {
        let texts: HashSet<_> = self.app.ledger().into_iter().map(|sms| sms.text).collect();
        texts.len()
    }

    /// The number of waiting messages, by reason and end of the wait.
    async fn waits(&self) -> BTreeMap<(String, DateTime<Utc>), usize> {
        let mut waits = BTreeMap::new();
        for answer in &self.answers {
            let shown = self.acme.message(&answer.id()).await;
            if shown["status"] == "scheduled" {
                let reason = shown["scheduledReason"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                *waits
                    .entry((reason, crate::at(&shown, "scheduledFor")))
                    .or_default() += 1;
            }
        }
        waits
    }
}

/// Sends a unique text in every conversation, with a limited number of concurrent requests.
async fn send_all(acme: &Tenant, conversations: &[ConversationId]) -> Vec<Answer> {
    let mut senders = tokio::task::JoinSet::new();
    for share in conversations.chunks(conversations.len().div_ceil(AT_ONCE)) {
        let (acme, share) = (acme.clone(), share.to_vec());
        senders.spawn(async move {
            let mut answers = Vec::new();
            for conversation in share {
                let request = message(conversation, &format!("To {conversation}"));
                answers.push(acme.send(&request).await);
            }
            answers
        });
    }
    senders.join_all().await.concat()
}
