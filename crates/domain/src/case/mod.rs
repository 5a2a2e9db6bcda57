//! One message at one instant with everything that rules and strategies look at, worked out once.
//! Must not know any rule.

pub mod wording;

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::wording::Wording;
use crate::facts::{CapacityWindows, Context};
use crate::law::{Country, Places, RecipientLocation, StatedAddress, StatedPlaces};
use crate::message::{Message, Submission, TrafficType};
use crate::values::billing::Money;
use crate::values::ids::{CampaignId, SourceId};

/// The latest that a rule may move a message, whatever its validity.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(7);

/// What is judged.
#[derive(Debug)]
pub struct Case<'a> {
    /// What is to be sent.
    pub submission: &'a Submission,
    /// The facts.
    pub context: &'a Context,
    /// The instant of the decision.
    pub now: DateTime<Utc>,
    /// The instant that is judged: `now`, or the later one that the client asked for.
    pub at: DateTime<Utc>,
    /// No legal instant is looked for after this one.
    pub horizon: DateTime<Utc>,
    /// What the lead said about the address.
    pub stated: StatedPlaces,
    /// Where the recipient may be.
    pub location: RecipientLocation<'a>,
    /// What would be sent.
    pub wording: Wording,
    /// What it would cost.
    pub price: Money,
    /// The hour and the day whose capacity it would take.
    pub windows: CapacityWindows,
}

impl<'a> Case<'a> {
    /// The case of a message that would leave at `now`, or when the client wants it later.
    #[must_use]
    pub fn new(submission: &'a Submission, context: &'a Context, now: DateTime<Utc>) -> Self {
        let at = submission
            .scheduled_for
            .map_or(now, |wanted| wanted.max(now));
        let lead = &context.message.lead;
        let address = StatedAddress {
            state: lead.state.as_deref(),
            postal_code: lead.postal_code.as_deref(),
        };
        let rules = context.rules;
        let code = submission.to.area_code();
        let near = code.and_then(|code| rules.area_code(code));
        let near = near.map_or(&[][..], |entry| &*entry.jurisdictions);
        let stated = StatedPlaces::read(rules, address, near);
        let wording = Wording::of(submission, context);
        Self {
            submission,
            context,
            now,
            at,
            horizon: horizon(submission, at),
            location: RecipientLocation::locate(rules, &submission.to, &stated),
            stated,
            price: context.org.rate.price(wording.segments),
            wording,
            windows: CapacityWindows::in_zone_named(&context.org.policy.capacity_zone, now),
        }
    }

    /// The places the recipient may be in, where they can be told.
    #[must_use]
    pub const fn places(&self) -> Option<&Places<'a>> {
        match &self.location {
            RecipientLocation::Known(places) => Some(places),
            RecipientLocation::Unknown(_) => None,
        }
    }

    /// The country of the recipient's number.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let code = self.submission.to.area_code()?;
        self.context
            .rules
            .area_code(code)
            .map(|entry| entry.country)
    }

    /// The kind of traffic.
    #[must_use]
    pub const fn traffic(&self) -> TrafficType {
        self.submission.traffic
    }

    /// Whether it is an answer of the system's own to a text that came by a simulated number: the
    /// number it asks for is the one that was texted. The conversation may have moved on since.
    #[must_use]
    pub fn answers_in_simulator(&self) -> bool {
        let active = self.context.message.conversation.active_number;
        let texted = self.submission.requested_number.or(active);
        let mut numbers = self.context.org.numbers.iter();
        self.traffic() == TrafficType::SystemInternal
            && numbers.any(|number| Some(number.id) == texted && number.account.is_simulated())
    }

    /// The campaign it belongs to: the message's own, else the lead's.
    #[must_use]
    pub fn campaign(&self) -> Option<CampaignId> {
        self.submission
            .campaign_id
            .or(self.context.message.lead.campaign_id)
    }

    /// The source it belongs to: the message's own, else the lead's.
    #[must_use]
    pub fn source(&self) -> Option<SourceId> {
        self.submission
            .source_id
            .or(self.context.message.lead.source_id)
    }

    /// Whether a message at `t` would answer the lead's own text while the two are talking: within
    /// the policy's minutes, the last instant included. Oregon HB 3865 and Fla. Stat. 501.616 leave
    /// replies out of what they limit; without this a conversation dies after three answers.
    #[must_use]
    pub fn is_active_exchange(&self, t: DateTime<Utc>) -> bool {
        let minutes = self.context.org.policy.active_exchange_minutes;
        let is_lead_traffic = match self.traffic() {
            TrafficType::RealLead | TrafficType::FailedAttempt => true,
            TrafficType::Warmup | TrafficType::Test | TrafficType::SystemInternal => false,
        };
        let since = self
            .context
            .message
            .conversation
            .last_inbound_at
            .map(|inbound| t - inbound);
        is_lead_traffic
            && minutes > 0
            && since.is_some_and(|since| since <= TimeDelta::minutes(minutes.into()))
    }
}

/// A deferral must end within the message's validity, and within a week.
fn horizon(submission: &Submission, at: DateTime<Utc>) -> DateTime<Utc> {
    let validity = match submission.traffic {
        TrafficType::SystemInternal => Message::CONFIRMATION_VALIDITY,
        TrafficType::RealLead
        | TrafficType::Warmup
        | TrafficType::Test
        | TrafficType::FailedAttempt => Message::VALIDITY,
    };
    let asked = submission
        .scheduled_for
        .map_or(submission.requested_at, |wanted| {
            wanted.max(submission.requested_at)
        });
    let expires = asked.checked_add_signed(validity).unwrap_or(asked);
    at.checked_add_signed(LONGEST_WAIT)
        .map_or(expires, |latest| latest.min(expires))
}
