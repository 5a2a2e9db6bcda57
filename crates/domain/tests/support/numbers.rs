//! The numbers and campaigns of a scenario.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sms_domain::facts::{
    CampaignFacts, CapacityWindows, NumberFacts, Registration, Usage, WarmUp, WindowUsage,
};
use sms_domain::values::ids::{CampaignId, SourceId, UserId};
use sms_domain::values::{CounterKind, Health, ProviderAccount};
use uuid::Uuid;

use crate::facts;
use crate::moment::moment;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberGiven {
    pub(crate) name: String,
    phone: String,
    enabled: Option<bool>,
    sms_capable: Option<bool>,
    destinations: Option<Vec<String>>,
    registration: Option<Registration>,
    ten_dlc_campaign: Option<String>,
    campaign: Option<String>,
    source: Option<String>,
    owner: Option<String>,
    reserved: Option<bool>,
    health: Option<Health>,
    cooling_until: Option<String>,
    hourly_limit: Option<u32>,
    used_this_hour: Option<u32>,
    daily_limit: Option<u32>,
    used_today: Option<u32>,
    warm_up_since: Option<String>,
    account: Option<String>,
    last_used: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignGiven {
    name: String,
    ten_dlc_campaign: Option<String>,
    /// Segments.
    daily_limit: Option<u32>,
    /// Segments.
    used_today: Option<u32>,
}

impl NumberGiven {
    /// The `n`th number of the organization.
    pub(crate) fn facts(
        &self,
        n: u32,
        windows: &CapacityWindows,
        now: DateTime<Utc>,
    ) -> NumberFacts {
        let default = facts::number(n, &self.phone);
        let ten_dlc = self.ten_dlc_campaign.clone();
        NumberFacts {
            is_enabled: self.enabled.unwrap_or(true),
            is_sms_capable: self.sms_capable.unwrap_or(true),
            destinations: self.destinations.clone().unwrap_or(default.destinations),
            registration: self.registration.unwrap_or(default.registration),
            ten_dlc_campaign_id: ten_dlc.or(default.ten_dlc_campaign_id),
            campaign_id: self.campaign.as_deref().map(campaign),
            source_id: self.source.as_deref().map(source),
            owner_id: self.owner.as_deref().map(user),
            is_reserved: self.reserved.unwrap_or(false),
            health: self.health.unwrap_or(default.health),
            cooling_until: self.cooling_until.as_deref().map(|text| moment(text, now)),
            hourly_limit: self.hourly_limit,
            daily_limit: self.daily_limit,
            warm_up: self.warm_up_since.as_deref().map(|day| WarmUp {
                started_on: day.parse().expect("a date"),
            }),
            account: self
                .account
                .as_deref()
                .map_or(default.account, ProviderAccount::new),
            last_used_at: self.last_used.as_deref().map(|text| moment(text, now)),
            usage: self.usage(windows),
            ..default
        }
    }

    fn usage(&self, windows: &CapacityWindows) -> Usage {
        let hour = self.used_this_hour.map(|used| (CounterKind::Hour, used));
        let day = self.used_today.map(|used| (CounterKind::Day, used));
        let usage = hour.into_iter().chain(day).map(|(kind, used)| WindowUsage {
            kind,
            window_start: windows.start(kind),
            used,
        });
        Usage(usage.collect())
    }
}

impl CampaignGiven {
    pub(crate) fn facts(&self, windows: &CapacityWindows) -> CampaignFacts {
        let day = self.used_today.map(|used| WindowUsage {
            kind: CounterKind::Day,
            window_start: windows.day_start,
            used,
        });
        CampaignFacts {
            id: campaign(&self.name),
            ten_dlc_campaign_id: self.ten_dlc_campaign.clone(),
            minute_limit: None,
            daily_limit: self.daily_limit,
            usage: Usage(day.into_iter().collect()),
        }
    }
}

pub(crate) fn campaign(name: &str) -> CampaignId {
    CampaignId::new(named(name))
}

pub(crate) fn source(name: &str) -> SourceId {
    SourceId::new(named(name))
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(named(name))
}

/// The same name, the same identifier.
fn named(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    for (byte, letter) in bytes.iter_mut().zip(name.bytes()) {
        *byte = letter;
    }
    Uuid::from_bytes(bytes)
}
