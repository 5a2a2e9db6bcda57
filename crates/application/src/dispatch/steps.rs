//! One round of dispatch: claim due rows, decide again with fresh facts, commit the attempts, call the
//! provider, record its answers. A crash before the commit loses nothing; a crash after it makes the
//! outcome of exactly the committed calls unknown.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use sms_domain::carrier::{OutboundSms, ProviderAnswer, ProviderCall, RefusalClass};
use sms_domain::content::Text;
use sms_domain::lifecycle::circuit::CircuitMove;
use sms_domain::lifecycle::retry::Deadlines;
use sms_domain::lifecycle::{AttemptSeed, MessageChange, Redecided};
use sms_domain::message::{Attempt, AttemptId, Message};
use sms_domain::ports::{
    AttemptTokens, Claim, Clock, DispatchQueue, Due, Facts, FactsRepository, FactsRequest,
    IdGenerator, MessageRepository, SmsGateway, Unavailable,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{LedgerEntryId, OrganizationId};

use crate::TRIES;
use crate::dispatch::call::{Answered, Call, count_accepted};
use crate::dispatch::circuit::Circuits;
use crate::dispatch::provider_failures::ProviderFailures;
use crate::media::MediaAddresses;

/// The ports of dispatch.
#[derive(Clone)]
pub struct DispatchPorts {
    /// The queue of due rows.
    pub queue: Arc<dyn DispatchQueue>,
    /// Source of fresh facts.
    pub facts: Arc<dyn FactsRepository>,
    /// Where changes are written.
    pub messages: Arc<dyn MessageRepository>,
    pub gateway: Arc<dyn SmsGateway>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdGenerator>,
    pub tokens: Arc<dyn AttemptTokens>,
    /// Addresses of files, for the carrier.
    pub files: MediaAddresses,
    /// Circuit breakers of the provider's accounts.
    pub circuits: Arc<Circuits>,
    /// Effects of refusals beyond their message.
    pub failures: ProviderFailures,
}

/// Time limits of dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DispatchSettings {
    /// Deadlines for lost calls and unknown outcomes.
    pub deadlines: Deadlines,
    /// Length of a claim: a claimed row becomes due again after this time if its worker dies.
    pub lease: TimeDelta,
}

impl Default for DispatchSettings {
    fn default() -> Self {
        Self {
            deadlines: Deadlines::default(),
            lease: TimeDelta::seconds(30),
        }
    }
}

/// The steps of dispatch over their ports.
#[derive(Clone)]
pub struct DispatchSteps {
    pub(crate) ports: DispatchPorts,
    pub(crate) settings: DispatchSettings,
}

/// The result of a claim.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Number of claimed rows.
    pub taken: usize,
    /// The committed calls that must now be made.
    pub calls: Vec<Call>,
}

impl DispatchSteps {
    /// The steps over their ports.
    #[must_use]
    pub const fn new(ports: DispatchPorts, settings: DispatchSettings) -> Self {
        Self { ports, settings }
    }

    /// Claims up to `limit` due rows and takes the next step of each.
    ///
    /// # Errors
    /// [`Unavailable`]; claimed rows become due again when their lease ends.
    pub async fn claim(&self, limit: usize) -> Result<Claimed, Unavailable> {
        let due = self.take(limit, Vec::new()).await?;
        let taken = due.len();
        let calls = self.begin(self.plan(due).await?).await?;
        Ok(Claimed { taken, calls })
    }

    /// Claims up to `limit` due rows and hides them from other workers until their lease ends.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn take(
        &self,
        limit: usize,
        rooms: Vec<(OrganizationId, usize)>,
    ) -> Result<Vec<Due>, Unavailable> {
        let now = self.ports.clock.now();
        let lease_until = now.checked_add_signed(self.settings.lease).unwrap_or(now);
        let claim = Claim {
            now,
            lease_until,
            limit,
            paused: self.ports.circuits.paused(now),
            rooms,
        };
        self.ports.queue.claim(claim).await
    }

    /// Makes one call.
    pub async fn call(&self, call: Call) -> Answered {
        let Some(body) = call.attempt.request.clone() else {
            let detail = "the stored request was erased".to_owned();
            return Answered {
                call,
                answer: ProviderAnswer::Unknown { detail },
            };
        };
        let provider_call = ProviderCall {
            account: call.attempt.account.clone(),
            idempotency_key: call.attempt.idempotency_key.clone(),
            body,
        };
        let answer = self.ports.gateway.send(&provider_call).await;
        self.watch_account(&call.attempt, &answer);
        Answered { call, answer }
    }

    /// Records the provider's answers in one commit.
    ///
    /// # Errors
    /// [`Unavailable`]; answers that are not recorded become unknown outcomes.
    pub async fn record(&self, answered: &[Answered]) -> Result<(), Unavailable> {
        let (failures, now) = (&self.ports.failures, self.ports.clock.now());
        failures.after_answers(answered, now).await?;
        let changes: Vec<_> = answered.iter().map(|one| self.answer_change(one)).collect();
        let results = self.ports.messages.commit(changes).await?;
        count_accepted(answered);
        for (one, result) in answered.iter().zip(results) {
            if result.is_err() {
                self.record_again(one.clone()).await?;
            }
        }
        Ok(())
    }

    /// Claims, calls and records once and waits for every call; for tests and for draining.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn run_once(&self, limit: usize) -> Result<usize, Unavailable> {
        let claimed = self.claim(limit).await?;
        let answered = join_all(claimed.calls.into_iter().map(|call| self.call(call))).await;
        if !answered.is_empty() {
            self.record(&answered).await?;
        }
        Ok(claimed.taken)
    }

    /// Loads facts. A message that was just claimed is current; it is read again only if its change lost a
    /// race.
    pub(crate) async fn load(
        &self,
        messages: &[Message],
        must_be_fresh: bool,
    ) -> Result<Vec<Facts>, Unavailable> {
        let now = self.ports.clock.now();
        let request = |message: &Message| FactsRequest {
            organization_id: message.organization_id,
            conversation_id: message.submission.conversation_id,
            message_id: must_be_fresh.then_some(message.id),
            idempotency_key: None,
            now,
            must_be_fresh,
        };
        self.ports
            .facts
            .load(messages.iter().map(request).collect())
            .await
    }

    /// The next change of a waiting row; `None` if it no longer waits.
    pub(crate) fn next_change(&self, claimed: Message, facts: Facts) -> Option<MessageChange> {
        let message = facts.message.unwrap_or(claimed);
        let now = self.ports.clock.now();
        match Redecided::of(message, facts.context, now)? {
            Redecided::Leaves(judged) => self.attempt(judged, now),
            Redecided::Stays(change) => Some(change),
        }
    }

    /// `None` = no attempt can be made here: the row waits until its lease ends.
    fn attempt(&self, judged: MessageChange, now: DateTime<Utc>) -> Option<MessageChange> {
        let token = self.ports.tokens.seal(AttemptId {
            organization_id: judged.message.organization_id,
            message_id: judged.message.id,
            number: judged.message.attempts.next(),
        });
        let route = judged.message.route.clone()?;
        let account = route.account.clone();
        let encoded = self.ports.gateway.encode(&OutboundSms {
            account: route.account,
            messaging_profile_id: route.messaging_profile_id,
            from: route.from,
            to: judged.message.submission.to.clone(),
            text: judged.message.submission.text.clone(),
            media: self.files_of(&judged.message, now),
            token,
        });
        let Some(request) = encoded else {
            self.pause_unconfigured(&account, now);
            return None;
        };
        let seed = AttemptSeed {
            idempotency_key: self.ports.ids.uuid().to_string(),
            request,
            deadline: self.deadline(now),
        };
        MessageChange::claimed(judged, seed, now).ok()
    }

    /// Where the carrier reads the message's files: addresses that are valid from now on.
    fn files_of(&self, message: &Message, now: DateTime<Utc>) -> Vec<Text> {
        let urls = message
            .submission
            .media
            .iter()
            .map(|file| file.url.as_str());
        urls.map(|url| Text::new(self.ports.files.renewed(url, now)))
            .collect()
    }

    /// Leaves an account's messages to the workers that have a carrier for it.
    fn pause_unconfigured(&self, account: &ProviderAccount, now: DateTime<Utc>) {
        tracing::error!(%account, "no carrier is configured for the account: its messages wait");
        let circuits = &self.ports.circuits;
        circuits.open(account, RefusalClass::Account, now);
    }

    pub(crate) fn deadline(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_add_signed(self.settings.deadlines.call)
            .unwrap_or(now)
    }

    fn answer_change(&self, answered: &Answered) -> MessageChange {
        let Call { message, attempt } = answered.call.clone();
        let now = self.ports.clock.now();
        let look_again_at = self.recovery(&attempt).look_again_at(now);
        let ledger_id = LedgerEntryId::new(self.ports.ids.uuid());
        MessageChange::answered(
            message,
            attempt,
            &answered.answer,
            look_again_at,
            ledger_id,
            now,
        )
    }

    /// Records an answer again after a receipt changed the rows first.
    async fn record_again(&self, mut answered: Answered) -> Result<(), Unavailable> {
        for _ in 0..TRIES {
            let Call { message, attempt } = &answered.call;
            let found = self
                .ports
                .messages
                .find_with_attempts(message.organization_id, message.id);
            let Some((message, attempts)) = found.await? else {
                return Ok(());
            };
            let Some(attempt) = attempts
                .into_iter()
                .find(|one| one.number == attempt.number)
            else {
                return Ok(());
            };
            answered.call = Call { message, attempt };
            let results = self
                .ports
                .messages
                .commit(vec![self.answer_change(&answered)])
                .await?;
            if results.iter().all(Result::is_ok) {
                return Ok(());
            }
        }
        tracing::warn!(message = %answered.call.message.id, "an answer was not recorded: the message kept changing");
        Ok(())
    }

    /// Moves the circuit of the account that answered.
    fn watch_account(&self, attempt: &Attempt, answer: &ProviderAnswer) {
        let (circuits, account) = (&self.ports.circuits, &attempt.account);
        report_fault(account, answer);
        match CircuitMove::after(answer) {
            CircuitMove::Open(class) => circuits.open(account, class, self.ports.clock.now()),
            CircuitMove::Close => circuits.close(account),
            CircuitMove::Pause(asked) => circuits.slow_down(account, asked, self.ports.clock.now()),
            CircuitMove::Stay => {}
        }
    }
}

/// Logs a refusal that an operator must act on.
fn report_fault(account: &ProviderAccount, answer: &ProviderAnswer) {
    let ProviderAnswer::Refused(refusal) = answer else {
        return;
    };
    let code = &refusal.error.code;
    match refusal.class {
        RefusalClass::Account | RefusalClass::SpendLimit => {
            tracing::error!(%account, code, "the provider refuses our account");
            metrics::counter!("sms_circuit_opened_total").increment(1);
        }
        RefusalClass::Malformed => {
            tracing::error!(%account, code, "the provider calls our request malformed");
        }
        RefusalClass::Message
        | RefusalClass::Number
        | RefusalClass::OptedOut
        | RefusalClass::Registration
        | RefusalClass::SlowDown(_)
        | RefusalClass::Transient => {}
    }
}
