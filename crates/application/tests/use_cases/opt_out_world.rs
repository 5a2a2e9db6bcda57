//! Mocked ports around received texts and the opt-out list.

use std::sync::{Arc, Mutex};

use sms_application::{
    InboundPorts, NumberWatch, OptOuts, ProviderBlocks, ProviderFailures, ReceiveInbound,
};
use sms_domain::carrier::{FailureMeaning, InboundSms, Notice, NoticeContent, ProviderEvent};
use sms_domain::content::{Attachments, Text};
use sms_domain::facts::SuppressionScope;
use sms_domain::inbound::{ActiveSuppression, InboundFacts, TextedNumber};
use sms_domain::lifecycle::{InboundChange, OptOutChange, SuppressionSource};
use sms_domain::message::Message;
use sms_domain::numbers::{LanePace, NumberHealth, Owned, PacedLane, ReputationReport};
use sms_domain::ports::{
    InboundOutcome, MessageRepository, MockFactsRepository, MockInboundRepository,
    MockNumberRepository, MockOptOutRepository, MockReviewRepository, MockSmsGateway,
    OptOutOutcome,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::SuppressionId;
use sms_testkit::{fixtures, sequential_uuid};

use crate::world::{Commits, accepting_store, clock, ids, waker};

/// What a mocked port was given, in order.
pub(crate) type Log<T> = Arc<Mutex<Vec<T>>>;

/// Everything that the mocked ports were given.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) inbound: Log<InboundChange>,
    pub(crate) opt_outs: Log<OptOutChange>,
    pub(crate) reputation: Log<ReputationReport>,
    pub(crate) stale: Log<()>,
    pub(crate) slowed: Log<PacedLane>,
    pub(crate) commits: Commits,
}

pub(crate) fn drained<T>(log: &Log<T>) -> Vec<T> {
    std::mem::take(&mut *log.lock().unwrap())
}

/// A known lead's thread with the fixtures' number; nobody opted out.
pub(crate) fn inbound_facts() -> InboundFacts {
    let number = fixtures::number();
    InboundFacts {
        organization_id: fixtures::organization_id(),
        organization_kind: fixtures::org().kind,
        organization_name: fixtures::org().name,
        number: TextedNumber {
            id: number.id,
            phone: number.phone,
            account: number.account,
            messaging_profile_id: None,
            ten_dlc_campaign_id: None,
            campaign_id: None,
            source_id: None,
            owner_id: None,
        },
        lead_id: Some(fixtures::lead_id()),
        conversation_id: Some(fixtures::conversation_id()),
        suppressions: Vec::new(),
        opted_in_at: None,
        recent: Vec::new(),
        sent: Vec::new(),
    }
}

/// A text from the fixtures' lead to the fixtures' number.
pub(crate) fn text_in(text: &str) -> InboundSms {
    InboundSms {
        provider_message_id: "in-1".to_owned(),
        from: fixtures::phone("+14045550100"),
        to: vec![fixtures::number().phone],
        messaging_profile_id: None,
        text: Text::new(text),
        attachments: Attachments::default(),
        received_at: fixtures::noon(),
        has_provider_autoresponse: false,
    }
}

pub(crate) fn received_event() -> ProviderEvent {
    ProviderEvent {
        account: ProviderAccount::new("default"),
        event_id: "e-1".to_owned(),
        event_type: "message.received".to_owned(),
        occurred_at: fixtures::noon(),
        received_at: fixtures::noon(),
        provider_message_id: Some("in-1".to_owned()),
        matched: None,
        payload: b"{}".to_vec(),
    }
}

/// What the account of the fixtures' number signed.
pub(crate) fn notice(event: ProviderEvent, content: NoticeContent) -> Notice {
    Notice {
        signers: vec![event.account.clone()],
        event,
        content,
    }
}

/// An entry that closes everything.
pub(crate) fn closed() -> ActiveSuppression {
    ActiveSuppression {
        id: SuppressionId::new(sequential_uuid(77)),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Operator,
        profile: None,
        reason: None,
        at: fixtures::noon(),
        renewed_at: fixtures::noon(),
    }
}

impl Desk {
    /// Answers with `facts`, and with `outcomes` to what is recorded, in order; then as `New`.
    pub(crate) fn inbound(
        &self,
        facts: Option<InboundFacts>,
        outcomes: Vec<InboundOutcome>,
    ) -> MockInboundRepository {
        let mut inbound = MockInboundRepository::new();
        let known = facts.clone();
        inbound.expect_owner().returning(move |phone| {
            let texted = known.as_ref().filter(|facts| facts.number.phone == *phone);
            Ok(texted.map(|facts| facts.organization_id))
        });
        inbound.expect_load().returning(move |account, number, _| {
            let is_texted = |facts: &InboundFacts| {
                facts.number.account == *account && facts.number.phone == *number
            };
            Ok(facts.clone().filter(is_texted))
        });
        let (log, outcomes) = (Arc::clone(&self.inbound), Mutex::new(outcomes.into_iter()));
        inbound.expect_record_inbound().returning(move |change| {
            log.lock().unwrap().push(change);
            Ok(outcomes
                .lock()
                .unwrap()
                .next()
                .unwrap_or(InboundOutcome::New))
        });
        inbound
    }

    /// Takes every opt-out with `outcome`, and is closed then unless that is overtaken; `waiting` waits until a commit was tried.
    pub(crate) fn list(
        &self,
        outcome: OptOutOutcome,
        waiting: Vec<Message>,
    ) -> MockOptOutRepository {
        let active = if outcome == OptOutOutcome::Overtaken {
            Vec::new()
        } else {
            vec![closed()]
        };
        self.list_with(outcome, waiting, active)
    }

    /// The same, with these entries in force.
    pub(crate) fn list_with(
        &self,
        outcome: OptOutOutcome,
        waiting: Vec<Message>,
        active: Vec<ActiveSuppression>,
    ) -> MockOptOutRepository {
        let mut list = MockOptOutRepository::new();
        let log = Arc::clone(&self.opt_outs);
        list.expect_record_opt_out().returning(move |change| {
            log.lock().unwrap().push(change);
            Ok(outcome)
        });
        list.expect_active()
            .returning(move |_, _| Ok(active.clone()));
        let commits = Arc::clone(&self.commits);
        list.expect_waiting_messages().returning(move |_, _, _| {
            let turned: Vec<_> = commits
                .lock()
                .unwrap()
                .iter()
                .map(|change| change.message.id)
                .collect();
            let left = waiting
                .iter()
                .filter(|message| !turned.contains(&message.id));
            Ok(left.cloned().collect())
        });
        list
    }

    pub(crate) fn opt_outs(&self, list: MockOptOutRepository) -> OptOuts {
        self.opt_outs_over(
            list,
            MockReviewRepository::new(),
            accepting_store(&self.commits),
        )
    }

    pub(crate) fn opt_outs_over(
        &self,
        list: MockOptOutRepository,
        reviews: MockReviewRepository,
        messages: impl MessageRepository + 'static,
    ) -> OptOuts {
        OptOuts::new(
            Arc::new(list),
            Arc::new(reviews),
            Arc::new(messages),
            clock(),
            ids(),
        )
    }

    /// Takes texts; nothing that waits is found, and nobody may be answered.
    pub(crate) fn receive_inbound(&self, inbound: MockInboundRepository) -> ReceiveInbound {
        let ports = InboundPorts {
            inbound: Arc::new(inbound),
            facts: Arc::new(MockFactsRepository::new()),
            messages: Arc::new(accepting_store(&self.commits)),
            waker: Arc::new(waker()),
            clock: clock(),
            ids: ids(),
        };
        let opt_outs = self.opt_outs(self.list(OptOutOutcome::Recorded, Vec::new()));
        ReceiveInbound::new(ports, opt_outs, self.watch())
    }

    /// A watch over numbers of whose health nothing is known.
    pub(crate) fn watch(&self) -> NumberWatch {
        NumberWatch::new(Arc::new(self.numbers(Vec::new())), clock())
    }

    pub(crate) fn numbers(&self, health: Vec<NumberHealth>) -> MockNumberRepository {
        let mut numbers = sending_under(Vec::new());
        let (reputation, stale) = (Arc::clone(&self.reputation), Arc::clone(&self.stale));
        let slowed = Arc::clone(&self.slowed);
        numbers.expect_slowed().returning(|| Ok(Vec::new()));
        numbers
            .expect_pace()
            .returning(|lane| Ok(Some(at_usual_pace(lane))));
        numbers.expect_set_pace().returning(move |seen, _| {
            slowed.lock().unwrap().push(seen.lane);
            Ok(true)
        });
        numbers.expect_record_reputation().returning(move |report| {
            let mut reputation = reputation.lock().unwrap();
            let is_new = !reputation.contains(&report);
            reputation.push(report);
            Ok(is_new)
        });
        numbers
            .expect_health()
            .returning(move |_, _| Ok(health.clone()));
        numbers
            .expect_mark_registration_stale()
            .returning(move |_, _| {
                stale.lock().unwrap().push(());
                Ok(true)
            });
        numbers
    }

    /// Follows up failures that all mean `meaning`; `on_profile` send under whatever profile it is.
    pub(crate) fn failures(
        &self,
        meaning: Option<FailureMeaning>,
        on_profile: Vec<Owned>,
    ) -> ProviderFailures {
        let mut gateway = MockSmsGateway::new();
        gateway
            .expect_failure_meaning()
            .returning(move |_, _| meaning);
        let opt_outs = self.opt_outs(self.list(OptOutOutcome::Recorded, Vec::new()));
        let blocks = blocks(on_profile, opt_outs.clone());
        ProviderFailures::new(Arc::new(gateway), blocks, opt_outs, self.watch())
    }
}

const fn at_usual_pace(lane: PacedLane) -> LanePace {
    LanePace {
        lane,
        usual: None,
        slowdown: None,
    }
}

/// The use case that closes what the provider blocks, where these numbers send under any profile.
pub(crate) fn blocks(on_profile: Vec<Owned>, opt_outs: OptOuts) -> ProviderBlocks {
    ProviderBlocks::new(Arc::new(sending_under(on_profile)), opt_outs)
}

fn sending_under(on_profile: Vec<Owned>) -> MockNumberRepository {
    let mut numbers = MockNumberRepository::new();
    numbers
        .expect_on_profile()
        .returning(move |_, _| Ok(on_profile.clone()));
    let kind = fixtures::org().kind;
    numbers
        .expect_is_set_apart()
        .returning(move |_, account| Ok(kind.sets_apart(account)));
    numbers
}
