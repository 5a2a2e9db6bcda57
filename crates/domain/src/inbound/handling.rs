//! The handling of a received text: one pure function from the facts to the change that records the
//! text and the reply to it. Must not know how words are recognised or how a text arrived.

use chrono::{DateTime, Utc};
use serde_json::json;
use sms_keywords::{Classification, Keyword, Machine, Speaker, Understood, is_provider_default};

use super::answers::{Addressee, AnswerDraft, SystemAnswer};
use super::facts::InboundFacts;
use crate::carrier::{InboundSms, ProviderEvent};
use crate::facts::{Consent, ConsentBasis, SuppressionScope};
use crate::lifecycle::{
    ActiveNumber, HistoryEntry, HistoryKind, HistorySource, InboundChange, NewLead, OptIn,
    OptInReach, OptOutChange, ProviderProfile, ReviewFlag, SuppressionSource,
};
use crate::message::{Message, Received, Route, Submission, TrafficType};
use crate::values::ids::{ConversationId, LeadId, MessageId, SuppressionId};

/// A received text, with everything that its handling uses.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    pub sms: &'a InboundSms,
    /// The provider's event with the text.
    pub event: ProviderEvent,
    /// The classification of the text and its writer.
    pub understood: Understood,
    /// The facts about the number and the person.
    pub facts: &'a InboundFacts,
    /// Identifiers for new entities.
    pub ids: InboundIds,
    /// The current instant.
    pub now: DateTime<Utc>,
}

/// Identifiers for entities that a received text may create; unneeded ones stay unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboundIds {
    /// For the received message.
    pub message: MessageId,
    /// For a new lead.
    pub lead: LeadId,
    /// For a new conversation.
    pub conversation: ConversationId,
    /// For a new entry of the opt-out list.
    pub suppression: SuppressionId,
}

/// The result of handling a received text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// The change to write.
    pub change: InboundChange,
    /// The reply once the change is written.
    pub answer: Answer,
}

impl Handled {
    /// The result for a text that an earlier delivery recorded. The reply may not have been sent, so it is
    /// still due: a reply that was sent is among the recent messages and is not repeated. A number that is set
    /// apart remembers no messages, so there the first delivery alone is answered.
    #[must_use]
    pub fn delivered_again(self, facts: &InboundFacts) -> Self {
        match facts.is_set_apart() {
            true => Self {
                answer: Answer::None,
                ..self
            },
            false => self,
        }
    }
}

/// The sender of a reply to a received text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// There is no automatic reply.
    None,
    /// The provider replied.
    ByProvider,
    /// We reply.
    Ours(Box<AnswerDraft>),
}

/// Determines the effects of a received text.
///
/// An opt-out closes the whole organization: from 2027-01-31 a revocation applies to all kinds of
/// messages (47 CFR 64.1200(a)(10); FCC DA 26-12). It takes effect immediately, although the law
/// allows ten business days.
///
/// On a number that is set apart, all effects are limited to that number: a text does not begin an
/// exchange, and STOP and START apply to that number only.
#[must_use]
pub fn handle(arrival: Arrival<'_>) -> Handled {
    let heard = Heard::new(&arrival);
    let answer = heard.answer();
    let message = heard.message();
    let history = heard.history(&answer);
    let change = InboundChange {
        new_lead: heard.new_lead(),
        is_new_conversation: arrival.facts.conversation_id.is_none(),
        last_inbound_at: heard.opens_exchange().then_some(heard.at),
        active_number: heard.opens_exchange().then_some(ActiveNumber {
            conversation_id: heard.conversation_id,
            number_id: arrival.facts.number.id,
            at: heard.at,
        }),
        review: heard.review(),
        opt_out: heard.opt_out(),
        opt_in: heard.opt_in(),
        history,
        attachments: arrival.sms.attachments.clone(),
        event: ProviderEvent {
            matched: Some((message.organization_id, message.id)),
            ..arrival.event
        },
        message,
    };
    Handled { change, answer }
}

/// An arrival with values that are computed once.
struct Heard<'a> {
    sms: &'a InboundSms,
    facts: &'a InboundFacts,
    understood: Understood,
    ids: InboundIds,
    now: DateTime<Utc>,
    /// When the person wrote, but not in the future: the provider's clock may be ahead of ours.
    at: DateTime<Utc>,
    lead_id: LeadId,
    conversation_id: ConversationId,
}

impl<'a> Heard<'a> {
    fn new(arrival: &Arrival<'a>) -> Self {
        let Arrival {
            sms, facts, ids, ..
        } = arrival;
        Self {
            sms,
            facts,
            understood: arrival.understood,
            ids: *ids,
            now: arrival.now,
            at: sms.written_at(arrival.now),
            lead_id: facts.lead_id.unwrap_or(ids.lead),
            conversation_id: facts.conversation_id.unwrap_or(ids.conversation),
        }
    }

    const fn keyword(&self) -> Keyword {
        self.understood.classification.keyword
    }

    /// Whether the person wrote the text.
    fn is_persons_answer(&self) -> bool {
        self.understood.speaker == Speaker::Person
    }

    /// Whether the text begins an exchange, which lifts caps and hours, moves the conversation to
    /// another number, and counts as an inquiry. A machine's reply, a phone's report of a reaction,
    /// a quotation of our own text and a text to a number that is set apart do not.
    fn opens_exchange(&self) -> bool {
        self.is_persons_answer() && !self.facts.is_set_apart()
    }

    /// The explanation shown beside a text that is not a reply.
    fn status_reason(&self) -> Option<&'static str> {
        match self.understood.speaker {
            Speaker::Person if self.facts.is_set_apart() => {
                Some("A text to a simulated number; it counts as no answer of the lead.")
            }
            Speaker::Person => None,
            Speaker::Reaction => {
                Some("The lead's phone reports a reaction to a message; it counts as no answer.")
            }
            Speaker::Quotation => {
                Some("It only repeats what was sent to the lead; it counts as no answer.")
            }
            Speaker::Automatic(_) => Some("An automatic text; it counts as no answer of the lead."),
        }
    }

    fn message(&self) -> Message {
        let organization_id = self.facts.organization_id;
        let received = Received {
            route: self.route(),
            provider_message_id: self.sms.provider_message_id.clone(),
            received_at: self.at,
            status_reason: self.status_reason().map(str::to_owned),
        };
        let submission = self.submission();
        Message::received(
            organization_id,
            self.ids.message,
            submission,
            received,
            self.now,
        )
    }

    fn route(&self) -> Route {
        let number = &self.facts.number;
        Route {
            number_id: number.id,
            from: number.phone.clone(),
            selection: None,
            ten_dlc_campaign_id: number.ten_dlc_campaign_id.clone(),
            is_warmup: false,
            account: number.account.clone(),
            messaging_profile_id: number.messaging_profile_id.clone(),
        }
    }

    /// A received text as a submission; `to` is the person, as for an outgoing message.
    fn submission(&self) -> Submission {
        let (from, text) = (self.sms.from.clone(), self.sms.text.clone());
        Submission {
            traffic: if self.facts.number.account.is_simulated() {
                TrafficType::Test
            } else {
                TrafficType::RealLead
            },
            ..Submission::new(self.conversation_id, self.lead_id, from, text, self.at)
        }
    }

    /// A person who texts first makes an inquiry (47 CFR 64.1200(f)(5)(ii)), unless the text is an
    /// opt-out. The lead gets the routing of the texted number: otherwise a reserved number could not
    /// reply.
    fn new_lead(&self) -> Option<NewLead> {
        if self.facts.lead_id.is_some() {
            return None;
        }
        let is_inquiry = match self.keyword() {
            Keyword::OptOut | Keyword::Review => false,
            Keyword::OptIn | Keyword::Help | Keyword::None => self.opens_exchange(),
        };
        let number = &self.facts.number;
        Some(NewLead {
            id: self.lead_id,
            phone: self.sms.from.clone(),
            consent: is_inquiry.then_some(Consent::new(ConsentBasis::Inquiry, self.at)),
            campaign_id: number.campaign_id,
            source_id: number.source_id,
            owner_id: number.owner_id,
        })
    }

    fn review(&self) -> ReviewFlag {
        match self.keyword() {
            Keyword::Help | Keyword::None => ReviewFlag::Keep,
            _ if self.is_overtaken() || self.facts.is_set_apart() => ReviewFlag::Keep,
            Keyword::Review => ReviewFlag::Set,
            Keyword::OptOut | Keyword::OptIn => ReviewFlag::Clear,
        }
    }

    /// Whether the person opted in again after this text, which arrives late.
    fn is_overtaken(&self) -> bool {
        self.facts.opted_in_at.is_some_and(|at| self.at < at)
    }

    fn opt_out(&self) -> Option<OptOutChange> {
        let is_heard = self.keyword() == Keyword::OptOut && !self.is_overtaken();
        is_heard.then(|| OptOutChange {
            organization_id: self.facts.organization_id,
            suppression_id: self.ids.suppression,
            phone: self.sms.from.clone(),
            scope: self.facts.closes(),
            source: SuppressionSource::Inbound,
            profile: None,
            reason: self.reason(),
            recipient: None,
            at: self.at,
            by: None,
        })
    }

    fn reason(&self) -> String {
        let Classification { step, matched, .. } = self.understood.classification;
        matched.map_or_else(
            || step.code().to_owned(),
            |matched| format!("{}: {matched}", step.code()),
        )
    }

    /// START is recorded even if the list is empty: an earlier opt-out may still arrive.
    fn opt_in(&self) -> Option<OptIn> {
        (self.keyword() == Keyword::OptIn).then(|| OptIn {
            organization_id: self.facts.organization_id,
            phone: self.sms.from.clone(),
            reach: self.opt_in_reach(),
            at: self.at,
        })
    }

    fn opt_in_reach(&self) -> OptInReach {
        let number = &self.facts.number;
        if self.facts.is_set_apart() {
            return OptInReach::OnlyNumber(number.id);
        }
        let profile = self.sms.messaging_profile_id.clone();
        OptInReach::Texted {
            number_id: number.id,
            profile: ProviderProfile {
                account: number.account.clone(),
                id: profile.or_else(|| number.messaging_profile_id.clone()),
            },
        }
    }

    /// Prevents two machines from replying to each other.
    fn answer(&self) -> Answer {
        if matches!(self.understood.speaker, Speaker::Automatic(_)) {
            return Answer::None;
        }
        let by_provider =
            self.sms.has_provider_autoresponse || is_provider_default(self.sms.text.as_str());
        match self.keyword() {
            Keyword::None | Keyword::Review => Answer::None,
            Keyword::OptOut if self.is_overtaken() => Answer::None,
            Keyword::OptOut | Keyword::OptIn | Keyword::Help if by_provider => Answer::ByProvider,
            Keyword::OptOut if !self.was_closed_before() => {
                self.ours(SystemAnswer::OptOutConfirmation)
            }
            Keyword::Help if !self.facts.is_closed() => self.ours(SystemAnswer::Help),
            // START gets no reply, nor does a person who had already opted out.
            Keyword::OptOut | Keyword::OptIn | Keyword::Help => Answer::None,
        }
    }

    /// Whether the number is closed by an entry other than that of this text, which may already be
    /// recorded.
    fn was_closed_before(&self) -> bool {
        let scopes = [SuppressionScope::Organization, self.facts.closes()];
        self.facts
            .closed_by()
            .any(|entry| scopes.contains(&entry.scope) && entry.at < self.at)
    }

    fn ours(&self, answer: SystemAnswer) -> Answer {
        let to = Addressee {
            conversation_id: self.conversation_id,
            lead_id: self.lead_id,
            person: &self.sms.from,
            number_id: self.facts.number.id,
        };
        let draft = answer
            .draft(&self.facts.organization_name, to, self.at)
            .filter(|draft| {
                draft.is_in_time(self.now) && !draft.was_said(&self.facts.recent, self.now)
            });
        draft.map_or(Answer::None, |draft| Answer::Ours(Box::new(draft)))
    }

    fn history(&self, answer: &Answer) -> Vec<HistoryEntry> {
        if self.keyword() == Keyword::None && self.is_persons_answer() {
            return Vec::new();
        }
        let Classification {
            keyword,
            step,
            matched,
        } = self.understood.classification;
        let speaker = self.understood.speaker;
        let entry = |kind, details| HistoryEntry {
            kind,
            at: self.at,
            source: HistorySource::Inbound,
            reference: Some(self.sms.provider_message_id.clone()),
            details,
        };
        let mut classified = json!({
            "keyword": keyword.code(), "rule": step.code(), "matched": matched,
            "speaker": speaker.code(), "machine": speaker.machine().map(Machine::code),
        });
        if let (true, Some(details)) = (self.is_overtaken(), classified.as_object_mut()) {
            details.insert("overtaken".to_owned(), json!(true));
        }
        let mut history = vec![entry(HistoryKind::Classified, classified)];
        if *answer == Answer::ByProvider {
            history.push(entry(
                HistoryKind::ConfirmedByProvider,
                serde_json::Value::Null,
            ));
        }
        history
    }
}

#[cfg(test)]
mod tests;
