//! Received texts: record, stop waiting messages after an opt-out, answer. All steps may be repeated: the
//! provider delivers a text again if its handling was cut short.

use std::sync::Arc;

use sms_domain::carrier::{InboundSms, Notice, ProviderEvent};
use sms_domain::decision::decide;
use sms_domain::facts::{Context, SuppressionScope};
use sms_domain::inbound::{
    Answer, AnswerDraft, Arrival, Handled, InboundFacts, InboundIds, Keyword, Understood, handle,
    understand_message,
};
use sms_domain::lifecycle::{HistorySource, MessageChange, SuppressionSource, Trigger};
use sms_domain::message::{Message, State};
use sms_domain::numbers::{ReputationEvent, ReputationReport};
use sms_domain::ports::{
    Clock, CommitError, DispatchWaker, FactsRepository, FactsRequest, IdGenerator, InboundOutcome,
    InboundRepository, MessageRepository, Unavailable,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{ConversationId, LeadId, MessageId, OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;

use crate::TRIES;
use crate::numbers::NumberWatch;
use crate::opt_outs::{OptOuts, Suppress, count};

/// Processes texts from people.
#[derive(Clone)]
pub struct ReceiveInbound {
    ports: InboundPorts,
    opt_outs: OptOuts,
    numbers: NumberWatch,
}

/// The ports of receiving.
#[derive(Clone)]
pub struct InboundPorts {
    /// Where texts are recorded.
    pub inbound: Arc<dyn InboundRepository>,
    /// Source of the facts for our answers.
    pub facts: Arc<dyn FactsRepository>,
    /// Where answers are written.
    pub messages: Arc<dyn MessageRepository>,
    /// Wakes dispatch when an answer is due.
    pub waker: Arc<dyn DispatchWaker>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdGenerator>,
}

/// The result of a received text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Whether it was recorded as a message.
    pub received: Received,
    /// Recipients that are no organization's number: other members of a group, or a number that is assigned
    /// later.
    pub nobodys: Vec<PhoneNumber>,
}

/// Whether a text became a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is recorded, by this delivery or an earlier one, for every organization whose number it was sent to.
    Recorded,
    /// It is not recorded for any organization.
    NotRecorded,
    /// The same rows kept changing: the provider must deliver it again.
    Contended,
}

/// A received text with what vouches for it.
struct Incoming<'a> {
    sms: &'a InboundSms,
    event: &'a ProviderEvent,
    /// The accounts whose numbers may have received it; empty if the sender cannot be a person.
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

    /// Processes one text with its notice, for every number that it was sent to: a group may include numbers
    /// of several organizations.
    ///
    /// # Errors
    /// [`Unavailable`]: the provider must deliver it again.
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

    /// Processes a text for one of the numbers that it was sent to.
    ///
    /// # Errors
    /// [`Unavailable`]: the caller must repeat it.
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

    /// The accounts that the text is accepted from. A sender that is one of our own numbers is no person:
    /// answering it would start a loop.
    async fn believed<'a>(
        &self,
        sms: &InboundSms,
        notice: &'a Notice,
    ) -> Result<&'a [ProviderAccount], Unavailable> {
        let is_ours = self.ports.inbound.owner(&sms.from).await?.is_some();
        Ok(if is_ours { &[] } else { &notice.signers })
    }

    /// `None` = the number belongs to no organization.
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

    /// Suppresses a person whose STOP was signed by an account that does not own the number. Nothing else that
    /// such an account reports counts. An opt-out too many costs a business a lead; an opt-out too few
    /// texts a person who said STOP.
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
            recipient: None,
            at: Some(sms.written_at(self.ports.clock.now())),
            by: None,
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
            let handled = match self.ports.inbound.record_inbound(change).await? {
                InboundOutcome::New => {
                    note(&handled, understood);
                    handled
                }
                InboundOutcome::Duplicate => handled.delivered_again(&facts),
                InboundOutcome::Conflict => continue,
            };
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

    /// Applies the effects beyond the commit. After a crash they are applied when the text is delivered again.
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

    /// Sends our answer like any other message. The recipient's version guards its commit, so a concurrent
    /// answer to the same person is seen and not repeated.
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
            // Otherwise the recipient, the capacity or the money changed concurrently: decide again.
            if let Some(Ok(message)) = self.commit(change).await? {
                if matches!(message.state, State::Queued { .. }) {
                    self.ports.waker.wake();
                }
                return Ok(());
            }
        }
        tracing::warn!(message = %id, answer = draft.answer.code(), "an automatic answer was dropped: the recipient kept changing");
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
