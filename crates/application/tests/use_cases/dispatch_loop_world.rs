//! A queue, a store and a carrier for the dispatch loop: they count what comes, fail when told, and
//! the carrier answers when told.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_application::{
    Circuits, DispatchLoop, DispatchLoopSettings, DispatchPorts, DispatchSettings, DispatchSteps,
    Wake,
};
use sms_domain::carrier::{
    Evidence, FailureMeaning, OutboundSms, ProviderAnswer, ProviderCall, ProviderError, RequestBody,
};
use sms_domain::content::Text;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Attempt, Message, Status};
use sms_domain::ports::{
    Claim, CommitError, DispatchQueue, DispatchWaker, Due, Facts, FactsRepository, FactsRequest,
    GatewayUnavailable, MessageRepository, SmsGateway, Unavailable,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{MessageId, OrganizationId};
use sms_testkit::fixtures::altered;
use sms_testkit::{ManualClock, fixtures, sequential_uuid};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::dispatch::{accepted, queued};
use crate::opt_out_world::Desk;
use crate::world::{addresses, clock, facts, ids, stored, tokens};

/// More turns than anything here needs until it waits for the clock or the carrier.
const TURNS: usize = 1_000;

/// A running loop and its surroundings.
pub(crate) struct Running {
    pub(crate) line: Arc<Line>,
    pub(crate) clock: Arc<ManualClock>,
    wake: Wake,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What the loop works on.
#[derive(Default)]
pub(crate) struct Line {
    rows: Mutex<VecDeque<Due>>,
    /// Every row that was ever put, as the store has it.
    stored: Mutex<HashMap<MessageId, Message>>,
    /// When the queue says that its next row is due.
    pub(crate) next_due: Mutex<Option<DateTime<Utc>>>,
    /// Texts whose calls hang.
    held: watch::Sender<HashSet<String>>,
    /// The store takes no records for now.
    records_hang: watch::Sender<bool>,
    /// By step: so many of the next tries find the store unavailable.
    failing: [AtomicUsize; 3],
    seen: Mutex<Seen>,
}

/// What came so far, in messages but for the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    pub(crate) claims: usize,
    pub(crate) taken: usize,
    /// Decided again with fresh facts.
    pub(crate) decided: usize,
    pub(crate) begun: usize,
    pub(crate) called: usize,
    pub(crate) answered: usize,
    /// Records tried, failed ones included.
    pub(crate) records_tried: usize,
    pub(crate) recorded: usize,
    /// The most attempts that were committed and not answered at any moment.
    pub(crate) most_open: usize,
}

/// What the loop asks of the store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Claim,
    Begin,
    Record,
}

impl Line {
    /// So many of the next tries of a step find the store unavailable.
    pub(crate) fn failing(self, step: Step, times: usize) -> Self {
        self.failing[step as usize].store(times, Ordering::Relaxed);
        self
    }

    fn fail_if_told(&self, step: Step) -> Result<(), Unavailable> {
        let failing = &self.failing[step as usize];
        let told = failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        });
        told.map_or(Ok(()), |_| Err(Unavailable("told to fail".into())))
    }

    /// Puts rows into the queue; each has its index as its text.
    pub(crate) fn put(&self, texts: std::ops::Range<u64>) {
        let rows: Vec<_> = texts.map(row).collect();
        let stored = rows.iter().map(|row| (row.message.id, row.message.clone()));
        self.stored.lock().unwrap().extend(stored);
        self.rows.lock().unwrap().extend(rows);
    }

    /// The carrier keeps these waiting.
    pub(crate) fn hold(&self, texts: std::ops::Range<u64>) {
        self.held
            .send_modify(|held| held.extend(texts.map(|text| text.to_string())));
    }

    /// From now on the store takes records at once, or lets them hang.
    pub(crate) fn let_records_hang(&self, hang: bool) {
        self.records_hang.send_replace(hang);
    }

    /// The carrier answers this one.
    pub(crate) fn release(&self, text: u64) {
        self.held.send_modify(|held| {
            held.remove(&text.to_string());
        });
    }

    /// The carrier answers all.
    pub(crate) fn release_all(&self) {
        self.held.send_modify(HashSet::clear);
    }

    pub(crate) fn seen(&self) -> Seen {
        *self.seen.lock().unwrap()
    }

    fn note(&self, what: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen.lock().unwrap();
        what(&mut seen);
        seen.most_open = seen.most_open.max(seen.begun - seen.answered);
    }
}

fn row(n: u64) -> Due {
    let message = altered(&queued(), |message| {
        message.id = MessageId::new(sequential_uuid(0x1000 + n));
        message.submission.text = Text::new(n.to_string());
    });
    Due {
        message,
        attempt: None,
    }
}

impl Running {
    /// Starts a loop over rows that are due.
    pub(crate) fn start(in_flight: usize, line: Line) -> Self {
        let (line, clock, wake) = (Arc::new(line), clock(), Wake::default());
        let settings = DispatchLoopSettings {
            in_flight,
            ..DispatchLoopSettings::default()
        };
        let dispatch = Arc::new(dispatch(&line, &clock));
        let dispatch_loop = DispatchLoop::new(dispatch, settings, wake.clone());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move { dispatch_loop.run(stopped).await });
        Self {
            line,
            clock,
            wake,
            stop,
            task,
        }
    }

    /// Lets everything happen that waits neither for the clock nor for the carrier.
    pub(crate) async fn settled(&self) -> Seen {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        self.line.seen()
    }

    pub(crate) fn wake(&self) {
        self.wake.wake();
    }

    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }
}

fn dispatch(line: &Arc<Line>, clock: &Arc<ManualClock>) -> DispatchSteps {
    let ports = DispatchPorts {
        queue: line.clone(),
        facts: line.clone(),
        messages: line.clone(),
        gateway: line.clone(),
        clock: clock.clone(),
        ids: ids(),
        tokens: tokens(),
        files: addresses(),
        circuits: Arc::new(Circuits::default()),
        failures: Desk::default().failures(None, Vec::new()),
    };
    DispatchSteps::new(ports, DispatchSettings::default())
}

#[async_trait]
impl DispatchQueue for Line {
    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Unavailable> {
        self.note(|seen| seen.claims += 1);
        self.fail_if_told(Step::Claim)?;
        let mut rows = self.rows.lock().unwrap();
        let most = claim.limit.min(rows.len());
        let taken: Vec<_> = rows.drain(..most).collect();
        self.note(|seen| seen.taken += taken.len());
        Ok(taken)
    }

    async fn next_due(
        &self,
        _paused: &[ProviderAccount],
    ) -> Result<Option<DateTime<Utc>>, Unavailable> {
        Ok(*self.next_due.lock().unwrap())
    }
}

#[async_trait]
impl FactsRepository for Line {
    async fn load(&self, requests: Vec<FactsRequest>) -> Result<Vec<Facts>, Unavailable> {
        self.note(|seen| seen.decided += requests.len());
        let stored = self.stored.lock().unwrap();
        let found = |request: &FactsRequest| Facts {
            message: request.message_id.and_then(|id| stored.get(&id).cloned()),
            ..facts(fixtures::context())
        };
        Ok(requests.iter().map(found).collect())
    }
}

#[async_trait]
impl MessageRepository for Line {
    async fn commit(
        &self,
        changes: Vec<MessageChange>,
    ) -> Result<Vec<Result<Message, CommitError>>, Unavailable> {
        let begins = changes
            .iter()
            .all(|change| change.message.status() == Status::Sending);
        if begins {
            self.fail_if_told(Step::Begin)?;
            self.note(|seen| seen.begun += changes.len());
        } else {
            self.note(|seen| seen.records_tried += changes.len());
            self.fail_if_told(Step::Record)?;
            let mut hang = self.records_hang.subscribe();
            hang.wait_for(|hang| !hang).await.unwrap();
            self.note(|seen| seen.recorded += changes.len());
        }
        let stored = changes.iter().map(|change| Ok(stored(&change.message)));
        Ok(stored.collect())
    }

    async fn find(
        &self,
        _organization_id: OrganizationId,
        _id: MessageId,
    ) -> Result<Option<Message>, Unavailable> {
        Ok(None)
    }

    async fn find_with_attempts(
        &self,
        _organization_id: OrganizationId,
        _id: MessageId,
    ) -> Result<Option<(Message, Vec<Attempt>)>, Unavailable> {
        Ok(None)
    }
}

#[async_trait]
impl SmsGateway for Line {
    fn encode(&self, sms: &OutboundSms) -> Option<RequestBody> {
        Some(RequestBody(sms.text.as_str().as_bytes().to_vec()))
    }

    async fn send(&self, call: &ProviderCall) -> ProviderAnswer {
        self.note(|seen| seen.called += 1);
        let text = String::from_utf8(call.body.0.clone()).unwrap();
        let mut held = self.held.subscribe();
        held.wait_for(|held| !held.contains(&text)).await.unwrap();
        self.note(|seen| seen.answered += 1);
        accepted()
    }

    async fn look_up(
        &self,
        _account: &ProviderAccount,
        _provider_message_id: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable> {
        Ok(None)
    }

    fn enforces_idempotency(&self, _account: &ProviderAccount) -> bool {
        false
    }

    fn failure_meaning(&self, _: &ProviderAccount, _: &ProviderError) -> Option<FailureMeaning> {
        None
    }
}
