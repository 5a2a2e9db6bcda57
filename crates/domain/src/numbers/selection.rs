//! Number selection: the gates run for every number, then the strategies in their order; the first
//! that finds an eligible number wins. This module must not know the content or the price of a text.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::candidate::Candidate;
use super::gates::Obstacle;
use super::strategies;
use super::warm_up::day_limit;
use crate::case::Case;
use crate::facts::NumberFacts;
use crate::values::ids::PhoneNumberId;
use crate::values::reason::Reason;
use crate::values::{CampaignShare, Reservation, SelectionReason};

/// A strategy: a named function.
#[derive(Debug)]
pub struct Strategy {
    /// The reason that is reported when the strategy wins.
    pub reason: SelectionReason,
    /// What the strategy picks, for people.
    pub picks: &'static str,
    /// The function that picks a number.
    pub pick: for<'a> fn(&Field<'_, 'a>) -> Pick<'a>,
}

/// The strategies in the order in which they are tried. A user's choice comes first, because it is
/// mandatory.
pub const STRATEGIES: [Strategy; 8] = [
    Strategy {
        reason: SelectionReason::ManualOverride,
        picks: "the number that the user chose, for the message or for the conversation; it is \
                never replaced: if it fails a gate, the message is refused and the gate is named, \
                or waits if the gate is temporary",
        pick: strategies::manual_override,
    },
    Strategy {
        reason: SelectionReason::StickyConversation,
        picks: "the conversation's active number; in an active exchange, the message waits up to \
                15 minutes for its capacity",
        pick: strategies::sticky_conversation,
    },
    Strategy {
        reason: SelectionReason::LeadAssigned,
        picks: "the number assigned to the lead, else the best number of the lead's owner",
        pick: strategies::lead_assigned,
    },
    Strategy {
        reason: SelectionReason::CampaignOrSource,
        picks: "the best of the numbers routed to the campaign, else to the source",
        pick: strategies::campaign_or_source,
    },
    Strategy {
        reason: SelectionReason::Preferred,
        picks: "the first of the organization's preferred numbers",
        pick: strategies::preferred,
    },
    Strategy {
        reason: SelectionReason::LocalArea,
        picks: "the best number near the lead: by the state and time zone that the lead stated if \
                the area code lies elsewhere, then by the area code, its overlays, its state and \
                its time zone",
        pick: strategies::local_area,
    },
    Strategy {
        reason: SelectionReason::HealthyPool,
        picks: "the number with the highest score, without limited numbers",
        pick: strategies::healthy_pool,
    },
    Strategy {
        reason: SelectionReason::FallbackDefault,
        picks: "the organization's default number",
        pick: strategies::fallback_default,
    },
];

/// The input of a strategy.
#[derive(Debug, Clone, Copy)]
pub struct Field<'f, 'a> {
    /// The message to send.
    pub case: &'f Case<'a>,
    /// All numbers of the organization.
    pub candidates: &'f [Candidate<'a>],
}

/// The result of a strategy.
#[derive(Debug)]
pub enum Pick<'a> {
    /// No number: the next strategy is tried.
    Pass,
    /// An eligible number, with an explanation of the choice.
    Number(&'a NumberFacts, Option<&'static str>),
    /// No number, and no other strategy is tried.
    Stop(Outcome<'a>),
}

/// The result of a selection, with all candidates.
#[derive(Debug)]
pub struct Selection<'a> {
    pub outcome: Outcome<'a>,
    /// All numbers, in the organization's order.
    pub candidates: Vec<Candidate<'a>>,
}

/// The result of a selection.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// A number was chosen.
    Chosen(Choice<'a>),
    /// A number can send the message, but not yet.
    NotNow {
        number: PhoneNumberId,
        /// Why the number cannot send yet.
        reason: Reason,
        /// When the number can send.
        until: DateTime<Utc>,
    },
    /// A number could send the message if it were not paused.
    Paused { number: PhoneNumberId },
    /// No number is eligible, and registration is the only obstacle.
    Unregistered,
    /// The recipient has opted out of every number that would otherwise be eligible.
    OptedOut,
    /// No number is eligible, for another lasting reason.
    NoNumber(Reason),
}

/// The number that was chosen.
#[derive(Debug)]
pub struct Choice<'a> {
    pub number: &'a NumberFacts,
    pub reason: SelectionReason,
    /// The rung, the switch or the hint that explains the choice.
    pub detail: Option<Cow<'static, str>>,
}

/// Chooses a number, or says why there is none.
#[must_use]
pub fn select<'a>(case: &Case<'a>) -> Selection<'a> {
    let numbers = case.context.org.numbers.iter();
    let candidates: Vec<_> = numbers
        .map(|number| Candidate::examine(case, number))
        .collect();
    let field = Field {
        case,
        candidates: &candidates,
    };
    let outcome = STRATEGIES
        .iter()
        .find_map(|strategy| match (strategy.pick)(&field) {
            Pick::Pass => None,
            Pick::Stop(outcome) => Some(outcome),
            Pick::Number(number, detail) => {
                let detail = explain(&field, strategy.reason, number, detail);
                Some(Outcome::Chosen(Choice {
                    number,
                    reason: strategy.reason,
                    detail,
                }))
            }
        })
        .unwrap_or_else(|| nobody(&field));
    Selection {
        outcome,
        candidates,
    }
}

/// The explanation of the choice. It adds why the conversation's number was not chosen.
fn explain(
    field: &Field<'_, '_>,
    reason: SelectionReason,
    number: &NumberFacts,
    detail: Option<&'static str>,
) -> Option<Cow<'static, str>> {
    let active = field.case.context.message.conversation.active_number;
    let left =
        active.filter(|active| *active != number.id && reason != SelectionReason::ManualOverride);
    let Some(left) = left else {
        return detail.map(Cow::Borrowed);
    };
    let failed = field.find(left).map_or("owned", Candidate::first_failure);
    let separator = if detail.is_some() { "; " } else { "" };
    let detail = detail.unwrap_or_default();
    Some(format!("{detail}{separator}conversation's number failed: {failed}").into())
}

/// Why no strategy found a number.
fn nobody<'a>(field: &Field<'_, 'a>) -> Outcome<'a> {
    let earliest = field
        .candidates
        .iter()
        .filter_map(|candidate| candidate.not_now(field.case.horizon))
        .min_by_key(|(until, reason, number)| (*until, *reason, *number));
    if let Some((until, reason, number)) = earliest {
        return Outcome::NotNow {
            number,
            reason,
            until,
        };
    }
    let paused = field.candidates.iter().find(|one| one.is_only_paused());
    if let Some(candidate) = paused {
        return Outcome::Paused {
            number: candidate.number.id,
        };
    }
    let any_fails_only = |obstacle| {
        let mut candidates = field.candidates.iter();
        candidates.any(|candidate| candidate.fails_only(obstacle))
    };
    if any_fails_only(Obstacle::Registration) {
        Outcome::Unregistered
    } else if any_fails_only(Obstacle::OptedOut) {
        Outcome::OptedOut
    } else {
        Outcome::NoNumber(Reason::NoEligiblePhoneNumber)
    }
}

impl<'a> Field<'_, 'a> {
    /// A number of the organization.
    #[must_use]
    pub fn find(&self, id: PhoneNumberId) -> Option<&Candidate<'a>> {
        self.candidates
            .iter()
            .find(|candidate| candidate.number.id == id)
    }

    /// A number, if it is eligible.
    #[must_use]
    pub fn survivor(&self, id: PhoneNumberId) -> Option<&'a NumberFacts> {
        self.find(id)
            .filter(|found| found.is_survivor())
            .map(|found| found.number)
    }

    /// All eligible numbers.
    pub fn survivors(&self) -> impl Iterator<Item = &'a NumberFacts> {
        self.candidates
            .iter()
            .filter(|found| found.is_survivor())
            .map(|found| found.number)
    }
}

impl Choice<'_> {
    /// The capacity that the message reserves.
    #[must_use]
    pub fn reservation(&self, case: &Case<'_>) -> Reservation {
        Reservation {
            number_id: self.number.id,
            hour_start: case.windows.hour_start,
            hour_limit: self.number.hourly_limit,
            day_start: case.windows.day_start,
            day_limit: day_limit(self.number, case.windows.day),
            campaign: self.campaign_share(case),
        }
    }

    fn campaign_share(&self, case: &Case<'_>) -> Option<CampaignShare> {
        let campaign = case.context.org.campaign_of(self.number)?;
        Some(CampaignShare {
            campaign_id: campaign.id,
            segments: case.wording.segments,
            day_limit: campaign.daily_limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::gates::{GATES, GateCode};

    #[test]
    fn a_users_choice_is_asked_first_and_the_default_last() {
        let order: Vec<&str> = STRATEGIES
            .iter()
            .map(|strategy| strategy.reason.as_str())
            .collect();
        let expected = [
            "ManualOverride",
            "StickyConversation",
            "LeadAssigned",
            "CampaignOrSource",
            "Preferred",
            "LocalArea",
            "HealthyPool",
            "FallbackDefault",
        ];
        assert_eq!(order, expected);
    }

    #[test]
    fn the_table_has_each_gate_once_in_the_order_of_the_codes() {
        let codes: Vec<GateCode> = GATES.iter().map(|gate| gate.code).collect();
        assert_eq!(codes, GateCode::ALL);
    }
}
