//! Received texts: record, stop what waits after an opt-out, answer. All steps may be repeated: the
//! provider brings a text again whose handling was cut short.

use std::sync::Arc;

use sms_domain::change::{HistorySource, MessageChange, ProviderEvent, SuppressionSource, Trigger};
use sms_domain::decision::{Context, SuppressionScope, decide};
use sms_domain::ids::{ConversationId, LeadId, MessageId, OrganizationId, SuppressionId};
use sms_domain::inbound::{
    Answer, AnswerDraft, Arrival, Handled, InboundFacts, InboundIds, Keyword, Understood, handle,
    understand_message,
};
use sms_domain::message::{Message, State};
use sms_domain::numbers::{ProviderAccount, ReputationEvent, ReputationReport};
use sms_domain::phone::PhoneNumber;
use sms_domain::ports::{
    Clock, CommitError, DispatchWaker, FactsRepository, FactsRequest, IdGenerator, InboundOutcome,
    InboundRepository, InboundSms, MessageRepository, Notice, Unavailable,
};

use crate::TRIES;
use crate::numbers::NumberWatch;
use crate::opt_outs::{OptOuts, Suppress, count};

/// Takes texts from people.
#[derive(Clone)]
pub struct ReceiveInbound {
    ports: InboundPorts,
    opt_outs: OptOuts,
    numbers: NumberWatch,
}

/// What receiving works on.
#[derive(Clone)]
pub struct InboundPorts {
    /// Where texts go.
    pub inbound: Arc<dyn InboundRepository>,
    /// Facts for our answers.
    pub facts: Arc<dyn FactsRepository>,
    /// Where answers are written.
    pub messages: Arc<dyn MessageRepository>,
    /// Told when an answer is due.
    pub waker: Arc<dyn DispatchWaker>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Whether it is a message now.
    pub received: Received,
    /// Numbers that it was sent to and that nobody has: the other members of a group, or a number
    /// that is put in place later.
    pub nobodys: Vec<PhoneNumber>,
}

/// Whether a text became a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is recorded, now or before, for everyone whose number it was sent to.
    Recorded,
    /// It is no message of anybody's.
    NotRecorded,
    /// Others kept changing the same rows: the provider shall bring it again.
    Contended,
}

/// A text on its way to one of the numbers that it was sent to.
struct Incoming<'a> {
    sms: &'a InboundSms,
    event: &'a ProviderEvent,
    /// The accounts whose numbers may have received it; none if the sender cannot be a person.
    believed: &'a [ProviderAccount],
}

impl ReceiveInbound {
    /// The use case over its ports.
    #[must_use]
    pub const fn new(ports: InboundPorts, opt_outs: OptOuts, numbers: NumberWatch) -> Self {
        Self {
            ports,
            opt_outs,
            numbers,
        }
    }

    /// Takes one text with the notice that brought it, for every number that it was sent to: a group
    /// may hold numbers of several organizations.
    ///
    /// # Errors
    /// [`Unavailable`]: the provider shall bring it again.
    pub async fn receive(&self, sms: &InboundSms, notice: &Notice) -> Result<Arrived, Unavailable> {
        let mut arrived = Arrived {
            received: Received::NotRecorded,
            nobodys: Vec::new(),
        };
        let believed = self.believed(sms, notice).await?;
        let incoming = Incoming {
            sms,
            event: &notice.event,
            believed,
        };
        for number in &sms.to {
            match self.receive_at(&incoming, number).await? {
                Some(Received::NotRecorded) => {}
                Some(received) => arrived.received = received,
                None => arrived.nobodys.push(number.clone()),
            }
            if arrived.received == Received::Contended {
                break;
            }
        }
        Ok(arrived)
    }

    /// Takes a text for one of the numbers that it was sent to.
    ///
    /// # Errors
    /// [`Unavailable`]: to be repeated.
    pub async fn receive_for(
        &self,
        number: &PhoneNumber,
        sms: &InboundSms,
        notice: &Notice,
    ) -> Result<Received, Unavailable> {
        let believed = self.believed(sms, notice).await?;
        let incoming = Incoming {
            sms,
            event: &notice.event,
            believed,
        };
        let received = self.receive_at(&incoming, number).await?;
        Ok(received.unwrap_or(Received::NotRecorded))
    }

    /// No number of ours is a person: to answer one would be to talk to ourselves.
    async fn believed<'a>(
        &self,
        sms: &InboundSms,
        notice: &'a Notice,
    ) -> Result<&'a [ProviderAccount], Unavailable> {
        let is_ours = self.ports.inbound.owner(&sms.from).await?.is_some();
        Ok(if is_ours { &[] } else { &notice.signers })
    }

    /// `None` = nobody has the number.
    async fn receive_at(
        &self,
        incoming: &Incoming<'_>,
        number: &PhoneNumber,
    ) -> Result<Option<Received>, Unavailable> {
        for account in incoming.believed {
            let received = self.record(incoming, account, number).await?;
            if received.is_some() {
                return Ok(received);
            }
        }
        let Some(organization_id) = self.ports.inbound.owner(number).await? else {
            return Ok(None);
        };
        let classification = understand_message(incoming.sms, &[]).classification;
        if classification.keyword == Keyword::OptOut {
            self.close(incoming, organization_id, classification.step.code())
                .await?;
        }
        Ok(Some(Received::NotRecorded))
    }

    /// An account that does not own the number says nothing about it, with one exception: who is
    /// signed to have said STOP is left alone. To close too much costs a business a lead, to close
    /// too little costs a person their word.
    async fn close(
        &self,
        incoming: &Incoming<'_>,
        organization_id: OrganizationId,
        step: &'static str,
    ) -> Result<(), Unavailable> {
        let (sms, account) = (incoming.sms, incoming.event.account.as_str());
        let suppress = Suppress {
            organization_id,
            phone: sms.from.clone(),
            scope: SuppressionScope::Organization,
            source: SuppressionSource::Inbound,
            profile: None,
            reason: format!("{step}: by account {account}"),
            at: Some(sms.written_at(self.ports.clock.now())),
        };
        self.opt_outs.suppress(suppress).await.map(|_| ())
    }

    /// Records a text to a number of the account; `None` = the account has no such number.
    async fn record(
        &self,
        incoming: &Incoming<'_>,
        account: &ProviderAccount,
        number: &PhoneNumber,
    ) -> Result<Option<Received>, Unavailable> {
        let Incoming { sms, event, .. } = *incoming;
        for _ in 0..TRIES {
            let load = self.ports.inbound.load(account, number, &sms.from);
            let Some(facts) = load.await? else {
                return Ok(None);
            };
            let understood = facts.understand(sms);
            let handled = self.handle(sms, event, understood, &facts);
            let change = handled.change.clone();
            match self.ports.inbound.record_inbound(change).await? {
                InboundOutcome::New => note(&handled, understood),
                InboundOutcome::Duplicate => {}
                InboundOutcome::Conflict => continue,
            }
            self.follow_up(handled, event).await?;
            return Ok(Some(Received::Recorded));
        }
        Ok(Some(Received::Contended))
    }

    fn handle(
        &self,
        sms: &InboundSms,
        event: &ProviderEvent,
        understood: Understood,
        facts: &InboundFacts,
    ) -> Handled {
        let ids = &self.ports.ids;
        handle(Arrival {
            sms,
            event: event.clone(),
            understood,
            facts,
            ids: InboundIds {
                message: MessageId::new(ids.uuid()),
                lead: LeadId::new(ids.uuid()),
                conversation: ConversationId::new(ids.uuid()),
                suppression: SuppressionId::new(ids.uuid()),
            },
            now: self.ports.clock.now(),
        })
    }

    /// What a crash may have left undone is done when the text comes again.
    async fn follow_up(&self, handled: Handled, event: &ProviderEvent) -> Result<(), Unavailable> {
        let organization_id = handled.change.message.organization_id;
        let texted = handled.change.message.route.as_ref();
        let texted = texted.map(|route| route.number_id);
        if let (Some(opt_out), Some(number_id)) = (&handled.change.opt_out, texted) {
            self.opt_outs.stop_pending(opt_out).await?;
            self.numbers
                .report(ReputationReport {
                    organization_id,
                    number_id,
                    event: ReputationEvent::OptOut,
                    at: opt_out.at,
                    reference: event.event_id.clone(),
                })
                .await?;
        }
        match handled.answer {
            Answer::Ours(draft) => self.answer(organization_id, &draft).await,
            Answer::ByProvider | Answer::None => Ok(()),
        }
    }

    /// Sends our answer on the way of every message. Its commit is guarded by the recipient's
    /// version, and whoever answers the same person at the same time sees the other's answer then.
    async fn answer(
        &self,
        organization_id: OrganizationId,
        draft: &AnswerDraft,
    ) -> Result<(), Unavailable> {
        let id = MessageId::new(self.ports.ids.uuid());
        for _ in 0..TRIES {
            let Some(context) = self.load(organization_id, draft).await? else {
                return Ok(());
            };
            let Some(change) = self.answer_change(id, draft, &context) else {
                return Ok(());
            };
            // Else somebody moved the recipient, the capacity or the money: decide again.
            if let Some(Ok(message)) = self.commit(change).await? {
                if matches!(message.state, State::Queued { .. }) {
                    self.ports.waker.wake();
                }
                return Ok(());
            }
        }
        tracing::warn!(message = %id, answer = draft.answer.code(), "an answer kept losing races");
        Ok(())
    }

    async fn load(
        &self,
        organization_id: OrganizationId,
        draft: &AnswerDraft,
    ) -> Result<Option<Context>, Unavailable> {
        let request = FactsRequest {
            organization_id,
            conversation_id: draft.submission.conversation_id,
            message_id: None,
            idempotency_key: None,
            now: self.ports.clock.now(),
            must_be_fresh: true,
        };
        let facts = self.ports.facts.load(vec![request]).await?;
        Ok(facts.into_iter().next().and_then(|facts| facts.context))
    }

    fn answer_change(
        &self,
        id: MessageId,
        draft: &AnswerDraft,
        context: &Context,
    ) -> Option<MessageChange> {
        let now = self.ports.clock.now();
        if !draft.may_be_sent(context, now) {
            return None;
        }
        let organization_id = context.org.organization_id;
        let message = Message::new(organization_id, id, draft.submission.clone(), now);
        let decided = decide(&message.submission, context, now);
        let (trigger, source) = (Trigger::Judged, HistorySource::Inbound);
        MessageChange::judged(message, trigger, &decided, context, source, now).ok()
    }

    async fn commit(
        &self,
        change: MessageChange,
    ) -> Result<Option<Result<Message, CommitError>>, Unavailable> {
        // Ids come from us, so repeating a commit of unknown outcome is safe: once.
        let results = match self.ports.messages.commit(vec![change.clone()]).await {
            Ok(results) => results,
            Err(_) => self.ports.messages.commit(vec![change]).await?,
        };
        Ok(results.into_iter().next())
    }
}

fn note(handled: &Handled, understood: Understood) {
    let keyword = understood.classification.keyword.code();
    let speaker = understood.speaker.code();
    metrics::counter!("sms_inbound_total", "keyword" => keyword, "speaker" => speaker).increment(1);
    if let Some(opt_out) = &handled.change.opt_out {
        count(opt_out.source);
    }
}
