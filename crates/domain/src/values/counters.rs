//! Keys of capacity counters, and what one message reserves of each. Must not know how much
//! capacity there is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::ids::{CampaignId, PhoneNumberId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// The length of a counter's window.
    CounterKind {
        /// A clock hour in UTC.
        Hour = "hour",
        /// A calendar day in the capacity zone.
        Day = "day",
    }
}

/// The key of a counter: the number or campaign, and the start of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CounterKey {
    /// Messages of a number.
    Number {
        /// The sending number.
        id: PhoneNumberId,
        /// Whether the window is an hour or a day.
        kind: CounterKind,
        window_start: DateTime<Utc>,
    },
    /// Segments of a 10DLC campaign in a day, over all its numbers.
    Campaign {
        id: CampaignId,
        day_start: DateTime<Utc>,
    },
}

/// The capacity that one message reserves: one message in its number's hour and day, and its segments
/// in the day of the number's campaign. The hour and the day are those in which the message is due.
/// The message keeps the reservation unless it is known not to have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// The sending number.
    pub number_id: PhoneNumberId,
    pub hour_start: DateTime<Utc>,
    /// The number's hourly limit at the time of the reservation; `None` = no limit.
    pub hour_limit: Option<u32>,
    pub day_start: DateTime<Utc>,
    /// The number's daily limit at the time of the reservation; `None` = no limit.
    pub day_limit: Option<u32>,
    /// The share of the campaign's capacity, if the number belongs to a campaign.
    pub campaign: Option<CampaignShare>,
}

/// What a message reserves of its number's campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignShare {
    pub campaign_id: CampaignId,
    /// Segments of the message. Carriers limit campaigns by segments, not messages.
    pub segments: u32,
    /// The campaign's daily limit in segments at the time of the reservation; `None` = no limit,
    /// and nothing is counted.
    pub day_limit: Option<u32>,
}

/// What a reservation adds to one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterShare {
    pub key: CounterKey,
    /// The amount, in messages for a number and in segments for a campaign.
    pub amount: u32,
    /// The counter's limit; `None` = no limit.
    pub limit: Option<u32>,
}

impl Reservation {
    /// What the reservation adds to each counter.
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

    /// What the reservation adds to one counter.
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
    /// A campaign without a limit is not counted: counting would serialize all its messages on one
    /// row.
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
