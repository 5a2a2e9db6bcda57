//! The numbers and campaigns of a scenario.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sms_domain::facts::{
    CampaignFacts, CapacityWindows, NumberFacts, Registration, Usage, WarmUp, WindowUsage,
};
use sms_domain::values::ids::{CampaignId, SourceId, UserId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{CounterKind, Health, ProviderAccount};
use uuid::Uuid;

use crate::moment::moment;
use crate::{ScenarioError, facts};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberGiven {
    pub(crate) name: String,
    phone: String,
    enabled: Option<bool>,
    sms_capable: Option<bool>,
    mms_capable: Option<bool>,
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

#[derive(Debug, Deserialize)]
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
    ) -> Result<NumberFacts, ScenarioError> {
        let about = || ScenarioError::about(format!("the number {}", self.name));
        let phone = PhoneNumber::parse(&self.phone).map_err(ScenarioError::new);
        let default = facts::number(n, phone.map_err(about())?);
        let instant = |text: &Option<String>| {
            let instant = text.as_deref().map(|text| moment(text, now));
            instant.transpose().map_err(about())
        };
        let warm_up = self.warm_up_since.as_deref().map(|day| {
            let started_on = day.parse().map_err(ScenarioError::new).map_err(about())?;
            Ok(WarmUp { started_on })
        });
        let ten_dlc = self.ten_dlc_campaign.clone();
        Ok(NumberFacts {
            is_enabled: self.enabled.unwrap_or(true),
            is_sms_capable: self.sms_capable.unwrap_or(true),
            is_mms_capable: self.mms_capable.unwrap_or(true),
            destinations: self.destinations.clone().unwrap_or(default.destinations),
            registration: self.registration.unwrap_or(default.registration),
            ten_dlc_campaign_id: ten_dlc.or(default.ten_dlc_campaign_id),
            campaign_id: self.campaign.as_deref().map(campaign),
            source_id: self.source.as_deref().map(source),
            owner_id: self.owner.as_deref().map(user),
            is_reserved: self.reserved.unwrap_or(false),
            health: self.health.unwrap_or(default.health),
            cooling_until: instant(&self.cooling_until)?,
            hourly_limit: self.hourly_limit,
            daily_limit: self.daily_limit,
            warm_up: warm_up.transpose()?,
            account: self
                .account
                .as_deref()
                .map_or(default.account, ProviderAccount::new),
            last_used_at: instant(&self.last_used)?,
            usage: self.usage(windows),
            ..default
        })
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
