//! What changes from one decision to the next about numbers and campaigns.

use chrono::serde::{ts_microseconds, ts_microseconds_option};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pseudonyms::Renamer;
use crate::facts::{CampaignFacts, CapacityWindows, NumberFacts, Usage, WindowUsage};
use crate::values::ids::{CampaignId, PhoneNumberId};
use crate::values::{CampaignShare, CounterKind, Health, Reservation};

/// A number that a fact refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum NumberRef {
    /// By its place among the organization's numbers.
    Own(u16),
    /// A number that the organization does not have: no decision chooses it, but a trace may name it.
    Other(PhoneNumberId),
}

impl NumberRef {
    pub(super) fn renamed(self, renamer: &Renamer<'_>) -> Self {
        match self {
            Self::Own(place) => Self::Own(place),
            Self::Other(id) => Self::Other(renamer.number(id)),
        }
    }
}

/// The organization's numbers, to which a snapshot refers.
pub(super) struct NumberRefs<'a>(pub(super) &'a [NumberFacts]);

impl NumberRefs<'_> {
    pub(super) fn of(&self, id: PhoneNumberId) -> NumberRef {
        let place = self.0.iter().position(|number| number.id == id);
        let place = place.and_then(|place| u16::try_from(place).ok());
        place.map_or(NumberRef::Other(id), NumberRef::Own)
    }

    pub(super) fn optional(&self, id: Option<PhoneNumberId>) -> Option<NumberRef> {
        id.map(|id| self.of(id))
    }

    /// The number's id; nil for a place that no number has.
    pub(super) fn id(&self, number: NumberRef) -> PhoneNumberId {
        match number {
            NumberRef::Own(place) => {
                let found = self.0.get(usize::from(place));
                found.map_or(PhoneNumberId::new(Uuid::nil()), |number| number.id)
            }
            NumberRef::Other(id) => id,
        }
    }
}

/// The state of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NumberState {
    health: Health,
    #[serde(with = "ts_microseconds_option")]
    cooling_until: Option<DateTime<Utc>>,
    /// Microseconds from the last use to the decision.
    last_used_before: Option<i64>,
    used_in_hour: u32,
    used_in_day: u32,
}

impl NumberState {
    pub(super) fn of(number: &NumberFacts, windows: &CapacityWindows, now: DateTime<Utc>) -> Self {
        let used = |kind| number.usage.used(kind, windows.start(kind));
        let last = number.last_used_at;
        Self {
            health: number.health,
            cooling_until: number.cooling_until,
            last_used_before: last
                .and_then(|last| now.signed_duration_since(last).num_microseconds()),
            used_in_hour: used(CounterKind::Hour),
            used_in_day: used(CounterKind::Day),
        }
    }

    pub(super) fn restore(
        self,
        number: &mut NumberFacts,
        windows: &CapacityWindows,
        now: DateTime<Utc>,
    ) {
        let used = |kind, used| WindowUsage {
            kind,
            window_start: windows.start(kind),
            used,
        };
        number.health = self.health;
        number.cooling_until = self.cooling_until;
        number.last_used_at = self
            .last_used_before
            .and_then(|before| now.checked_sub_signed(TimeDelta::microseconds(before)));
        number.usage = Usage(vec![
            used(CounterKind::Hour, self.used_in_hour),
            used(CounterKind::Day, self.used_in_day),
        ]);
    }
}

/// The state of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CampaignState {
    used_in_day: u32,
}

impl CampaignState {
    pub(super) fn of(campaign: &CampaignFacts, windows: &CapacityWindows) -> Self {
        let used_in_day = campaign.usage.used(CounterKind::Day, windows.day_start);
        Self { used_in_day }
    }

    pub(super) fn restore(self, campaign: &mut CampaignFacts, windows: &CapacityWindows) {
        campaign.usage = Usage(vec![WindowUsage {
            kind: CounterKind::Day,
            window_start: windows.day_start,
            used: self.used_in_day,
        }]);
    }
}

/// The capacity that the message itself holds, without the limits at the time: decisions read the present
/// ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReservationSnapshot {
    number: NumberRef,
    #[serde(with = "ts_microseconds")]
    hour_start: DateTime<Utc>,
    #[serde(with = "ts_microseconds")]
    day_start: DateTime<Utc>,
    /// The campaign and its segments, if they are counted.
    campaign: Option<(CampaignId, u32)>,
}

impl ReservationSnapshot {
    pub(super) fn of(own: &Reservation, refs: &NumberRefs<'_>) -> Self {
        let Reservation {
            number_id,
            hour_start,
            hour_limit: _,
            day_start,
            day_limit: _,
            campaign,
        } = *own;
        Self {
            number: refs.of(number_id),
            hour_start,
            day_start,
            campaign: campaign.and_then(|share| {
                let CampaignShare {
                    campaign_id,
                    segments,
                    day_limit,
                } = share;
                day_limit.map(|_| (campaign_id, segments))
            }),
        }
    }

    pub(super) fn renamed(self, renamer: &Renamer<'_>) -> Self {
        let Self {
            number,
            hour_start,
            day_start,
            campaign,
        } = self;
        let of = |(id, segments)| (renamer.pseudonyms.campaign(id), segments);
        Self {
            number: number.renamed(renamer),
            hour_start,
            day_start,
            campaign: campaign.map(of),
        }
    }

    pub(super) fn restore(self, refs: &NumberRefs<'_>) -> Reservation {
        let share = |(campaign_id, segments)| CampaignShare {
            campaign_id,
            segments,
            day_limit: Some(segments),
        };
        Reservation {
            number_id: refs.id(self.number),
            hour_start: self.hour_start,
            hour_limit: None,
            day_start: self.day_start,
            day_limit: None,
            campaign: self.campaign.map(share),
        }
    }
}
