//! The counters of capacity by their keys, and what one message reserves of them. Must not know how
//! much capacity there is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::ids::{CampaignId, PhoneNumberId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// The kinds of counters.
    CounterKind {
        /// A clock hour, UTC.
        Hour = "hour",
        /// A day in the capacity zone.
        Day = "day",
    }
}

/// One counter's key: whose capacity, and the instant at which the window starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CounterKey {
    /// Messages of a number.
    Number {
        /// The number.
        id: PhoneNumberId,
        /// Hour or day.
        kind: CounterKind,
        /// Start of the window.
        window_start: DateTime<Utc>,
    },
    /// Segments of a 10DLC campaign in a day, over all its numbers.
    Campaign {
        /// The campaign.
        id: CampaignId,
        /// Start of the day.
        day_start: DateTime<Utc>,
    },
}

/// The capacity that one message holds: one message of its number in the hour and in the day in which
/// it is due, and its segments in the day of the number's campaign. Kept on the message until it
/// certainly did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Whose capacity.
    pub number_id: PhoneNumberId,
    /// Start of the hour.
    pub hour_start: DateTime<Utc>,
    /// Most messages in that hour when it was reserved; `None` = no limit.
    pub hour_limit: Option<u32>,
    /// Start of the day.
    pub day_start: DateTime<Utc>,
    /// Most messages on that day when it was reserved; `None` = no limit.
    pub day_limit: Option<u32>,
    /// Its part in the number's campaign, if the number belongs to one.
    pub campaign: Option<CampaignShare>,
}

/// A message's part in the campaign of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignShare {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Segments of the message: carriers count them, not messages.
    pub segments: u32,
    /// Most segments of the campaign on the day when it was reserved; `None` = no limit, and then
    /// nothing is counted.
    pub day_limit: Option<u32>,
}

/// What a reservation takes of one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterShare {
    /// Which counter.
    pub key: CounterKey,
    /// How much of it.
    pub amount: u32,
    /// The counter must not exceed this; `None` = no limit.
    pub limit: Option<u32>,
}

impl Reservation {
    /// What it takes of each counter.
    pub fn counters(&self) -> impl Iterator<Item = CounterShare> + Clone + use<> {
        let of_campaign = self
            .campaign
            .and_then(|share| share.counter(self.day_start));
        [
            self.of_number(CounterKind::Hour, self.hour_start, self.hour_limit),
            self.of_number(CounterKind::Day, self.day_start, self.day_limit),
        ]
        .into_iter()
        .chain(of_campaign)
    }

    /// How much it takes of one counter.
    #[must_use]
    pub fn share_of(&self, key: CounterKey) -> u32 {
        self.counters()
            .find(|share| share.key == key)
            .map_or(0, |share| share.amount)
    }

    const fn of_number(
        &self,
        kind: CounterKind,
        window_start: DateTime<Utc>,
        limit: Option<u32>,
    ) -> CounterShare {
        let key = CounterKey::Number {
            id: self.number_id,
            kind,
            window_start,
        };
        CounterShare {
            key,
            amount: 1,
            limit,
        }
    }
}

impl CampaignShare {
    /// A campaign without a limit is not counted: all its messages would queue for one row.
    fn counter(&self, day_start: DateTime<Utc>) -> Option<CounterShare> {
        let key = CounterKey::Campaign {
            id: self.campaign_id,
            day_start,
        };
        self.day_limit.map(|limit| CounterShare {
            key,
            amount: self.segments,
            limit: Some(limit),
        })
    }
}
