//! One message at one instant with everything that rules and strategies use, computed once. Must
//! not know any rule.

pub mod features;
pub mod wording;

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::features::TextFeatures;
use crate::case::wording::Wording;
use crate::facts::{CapacityWindows, Context};
use crate::law::{Country, Places, RecipientLocation, StatedAddress, StatedPlaces};
use crate::message::{Submission, TrafficType};
use crate::values::billing::Money;
use crate::values::ids::{CampaignId, SourceId};

/// The longest deferral, whatever the message's validity.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(7);

/// The subject of a decision: a message, the facts and the instant.
#[derive(Debug)]
pub struct Case<'a> {
    /// The message to decide on.
    pub submission: &'a Submission,
    /// What the decision reads of the text.
    pub features: &'a TextFeatures,
    pub context: &'a Context,
    /// The instant of the decision.
    pub now: DateTime<Utc>,
    /// The instant to check against: `now`, or the later one that the client requested.
    pub at: DateTime<Utc>,
    /// The latest instant that the search for a legal instant considers.
    pub horizon: DateTime<Utc>,
    /// The meaning of the address that the lead stated.
    pub stated: StatedPlaces,
    /// The possible locations of the recipient.
    pub location: RecipientLocation<'a>,
    /// How the text would be sent.
    pub wording: Wording,
    /// The price of that text.
    pub price: Money,
    /// The hour and the day whose capacity the message would use.
    pub windows: CapacityWindows,
}

impl<'a> Case<'a> {
    /// The case of a message to be sent at `now`, or at the later instant that the client
    /// requested.
    #[must_use]
    pub fn new(
        submission: &'a Submission,
        features: &'a TextFeatures,
        context: &'a Context,
        now: DateTime<Utc>,
    ) -> Self {
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
        let wording = Wording::of(submission, features, context);
        Self {
            submission,
            features,
            context,
            now,
            at,
            horizon: horizon(submission, at),
            location: RecipientLocation::locate(rules, &submission.to, &stated),
            stated,
            price: price(submission, &wording, context),
            wording,
            windows: CapacityWindows::in_zone_named(&context.org.policy.capacity_zone, now),
        }
    }

    /// The places in which the recipient may be, where known.
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

    /// Whether this is a system reply to a text received on a simulated number: the number it
    /// requests is the one that was texted. The conversation may have moved to another number
    /// since.
    #[must_use]
    pub fn answers_in_simulator(&self) -> bool {
        let active = self.context.message.conversation.active_number;
        let texted = self.submission.requested_number.or(active);
        let mut numbers = self.context.org.numbers.iter();
        self.traffic() == TrafficType::SystemInternal
            && numbers.any(|number| Some(number.id) == texted && number.account.is_simulated())
    }

    /// The campaign of the message, or else of the lead.
    #[must_use]
    pub fn campaign(&self) -> Option<CampaignId> {
        self.submission
            .campaign_id
            .or(self.context.message.lead.campaign_id)
    }

    /// The source of the message, or else of the lead.
    #[must_use]
    pub fn source(&self) -> Option<SourceId> {
        self.submission
            .source_id
            .or(self.context.message.lead.source_id)
    }

    /// Whether a message at `t` belongs to an active exchange: within the policy's minutes after
    /// the lead's own text, inclusive. Oregon HB 3865 and Fla. Stat. 501.616 exempt replies from
    /// their limits; without this exemption a conversation would end after three replies.
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

/// An MMS has one price, for carriers charge it as one message whatever its length.
fn price(submission: &Submission, wording: &Wording, context: &Context) -> Money {
    if submission.is_mms() {
        context.org.policy.mms_price
    } else {
        context.org.rate.price(wording.segments)
    }
}

/// A deferral must end within the message's validity, at whose end it is not sent any more, and within
/// a week.
fn horizon(submission: &Submission, at: DateTime<Utc>) -> DateTime<Utc> {
    let expires = submission.expires_at();
    let last = expires.checked_sub_signed(TimeDelta::microseconds(1));
    let last = last.unwrap_or(expires);
    at.checked_add_signed(LONGEST_WAIT)
        .map_or(last, |latest| latest.min(last))
}
