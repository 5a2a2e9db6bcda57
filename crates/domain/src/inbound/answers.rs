//! System replies: the opt-out confirmation and the reply to HELP. They contain no advertising and
//! no attempt to win the person back (47 CFR 64.1200(a)(12)). Must not know when one is due.

use chrono::{DateTime, TimeDelta, Utc};

use crate::content::{Body, Text, is_same_text};
use crate::facts::{Context, RecentSend, SuppressionScope};
use crate::message::{Priority, Submission, TrafficType};
use crate::values::ids::{ConversationId, LeadId, PhoneNumberId};
use crate::values::phone::PhoneNumber;

/// The opt-out confirmation, which contains nothing else (47 CFR 64.1200(a)(12)).
const CONFIRMATION: &str = "You have been unsubscribed and will receive no more messages from us.";

/// The reply to HELP: the sender, a contact, and opt-out instructions (CTIA Messaging Principles
/// 5.1.2).
const HELP: &str = "You receive texts from us because you contacted us. Reply to this number to \
                    reach us. Msg & data rates may apply. Reply STOP to opt out.";

/// The most characters of an organization's name before a text, so that a reply stays short.
const NAME_LENGTH: usize = 40;

/// The time within which no second confirmation is sent, whatever the person texts: as long as
/// recent messages are kept.
const ONE_CONFIRMATION_IN: TimeDelta = TimeDelta::hours(24);

/// The time within which no second reply to HELP is sent, so that two machines do not keep replying to
/// each other.
const ONE_HELP_IN: TimeDelta = TimeDelta::minutes(5);

/// The most replies to HELP in a day.
const MOST_HELP_IN_A_DAY: usize = 3;

/// A system reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemAnswer {
    /// The opt-out confirmation, the only message after an opt-out.
    OptOutConfirmation,
    /// The reply to HELP: the sender and opt-out instructions.
    Help,
}

/// A system reply that is ready to be submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerDraft {
    /// The kind of reply.
    pub answer: SystemAnswer,
    /// The submission: system traffic, from the texted number if it can send.
    pub submission: Submission,
}

/// The conversation and the person to reply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Addressee<'a> {
    pub(super) conversation_id: ConversationId,
    pub(super) lead_id: LeadId,
    pub(super) person: &'a PhoneNumber,
    pub(super) number_id: PhoneNumberId,
}

impl SystemAnswer {
    /// The stable code for keys and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OptOutConfirmation => "opt_out_confirmation",
            Self::Help => "help",
        }
    }

    /// The text, with the sender's name before it.
    fn body(self, organization_name: &str) -> Option<Body> {
        let text = match self {
            Self::OptOutConfirmation => CONFIRMATION,
            Self::Help => HELP,
        };
        let name: String = organization_name
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME_LENGTH)
            .collect();
        let named = match name.trim() {
            "" => text.to_owned(),
            name => format!("{name}: {text}"),
        };
        Body::parse(&named).ok()
    }

    pub(super) fn draft(
        self,
        organization_name: &str,
        to: Addressee<'_>,
        at: DateTime<Utc>,
    ) -> Option<AnswerDraft> {
        let body = self.body(organization_name)?;
        let text = Text::new(body.as_str());
        let submission = Submission {
            requested_number: Some(to.number_id),
            traffic: TrafficType::SystemInternal,
            priority: Priority::System,
            ..Submission::new(to.conversation_id, to.lead_id, to.person.clone(), text, at)
        };
        Some(AnswerDraft {
            answer: self,
            submission,
        })
    }

    const fn once_in(self) -> TimeDelta {
        match self {
            Self::OptOutConfirmation => ONE_CONFIRMATION_IN,
            Self::Help => ONE_HELP_IN,
        }
    }
}

impl SystemAnswer {
    const fn most_in_a_day(self) -> usize {
        match self {
            Self::OptOutConfirmation => 1,
            Self::Help => MOST_HELP_IN_A_DAY,
        }
    }
}

impl AnswerDraft {
    /// Whether the reply may still be sent at `now`, by the facts that guard its commit: it is in
    /// time and not a repetition, and the person has not opted out unless it confirms that opt-out.
    #[must_use]
    pub fn may_be_sent(&self, context: &Context, now: DateTime<Utc>) -> bool {
        let recipient = &context.message.recipient;
        let is_closed = recipient
            .suppressions
            .iter()
            .any(|suppression| self.is_closed_by(suppression.scope));
        let is_allowed = match self.answer {
            SystemAnswer::OptOutConfirmation => is_closed,
            SystemAnswer::Help => !is_closed,
        };
        is_allowed && self.is_in_time(now) && !self.was_said(&recipient.recent, now)
    }

    fn is_closed_by(&self, scope: SuppressionScope) -> bool {
        match scope {
            SuppressionScope::Organization => true,
            SuppressionScope::Number(number) => self.submission.requested_number == Some(number),
            SuppressionScope::Campaign(_) => false,
        }
    }

    /// A late confirmation would need a justification of its own (47 CFR 64.1200(a)(12)), and a late
    /// reply to HELP is useless.
    pub(super) fn is_in_time(&self, now: DateTime<Utc>) -> bool {
        let late = self
            .submission
            .requested_at
            .checked_add_signed(Submission::CONFIRMATION_VALIDITY);
        late.is_some_and(|late| now < late)
    }

    pub(super) fn was_said(&self, recent: &[RecentSend], now: DateTime<Utc>) -> bool {
        let text = &self.submission.text;
        let said_within = |period| {
            let is_same = |sent: &&RecentSend| {
                let is_recent = now.signed_duration_since(sent.at) < period;
                is_recent && is_same_text(sent.text_hash, text)
            };
            recent.iter().filter(is_same).count()
        };
        said_within(self.answer.once_in()) > 0
            || said_within(TimeDelta::hours(24)) >= self.answer.most_in_a_day()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::Encoding;

    #[test]
    fn answers_name_the_organization_and_fit_into_few_gsm_segments() {
        for (answer, segments) in [
            (SystemAnswer::OptOutConfirmation, 1),
            (SystemAnswer::Help, 2),
        ] {
            let body = answer.body("Acme Roofing").unwrap();
            assert!(
                body.as_str().starts_with("Acme Roofing: "),
                "{}",
                body.as_str()
            );
            assert_eq!(body.segmentation().encoding, Encoding::Gsm7);
            assert!(body.segmentation().segments <= segments, "{answer:?}");
        }
    }

    #[test]
    fn a_confirmation_does_not_ask_the_person_back() {
        let text = CONFIRMATION.to_lowercase();
        for word in ["start", "reply", "http", "offer", "resubscribe"] {
            assert!(!text.contains(word), "{word}");
        }
    }

    proptest! {
        #[test]
        fn every_name_gives_a_text(name in any::<String>()) {
            prop_assert!(SystemAnswer::OptOutConfirmation.body(&name).is_some());
            prop_assert!(SystemAnswer::Help.body(&name).is_some());
        }
    }
}
