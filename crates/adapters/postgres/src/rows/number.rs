//! Rows of `phone_numbers`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use sms_domain::facts::{NumberFacts, Usage, WarmUp};
use sms_domain::ports::SeedNumber;
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{CampaignId, PhoneNumberId, SourceId, UserId};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef, integer};
use crate::schema::phone_numbers;

/// A number to send from.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = phone_numbers, check_for_backend(diesel::pg::Pg))]
#[diesel(primary_key(organization_id, id), treat_none_as_null = true)]
pub(crate) struct NumberRow {
    pub(crate) organization_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) e164: String,
    pub(crate) is_enabled: bool,
    pub(crate) is_sms_capable: bool,
    pub(crate) is_mms_capable: bool,
    pub(crate) destinations: Vec<String>,
    pub(crate) registration: String,
    pub(crate) ten_dlc_campaign_id: Option<String>,
    pub(crate) campaign_id: Option<Uuid>,
    pub(crate) source_id: Option<Uuid>,
    pub(crate) owner_id: Option<Uuid>,
    pub(crate) is_reserved: bool,
    pub(crate) health: String,
    pub(crate) cooling_until: Option<DateTime<Utc>>,
    pub(crate) hourly_limit: Option<i32>,
    pub(crate) daily_limit: Option<i32>,
    pub(crate) minute_limit: Option<i32>,
    pub(crate) warm_up_started_on: Option<NaiveDate>,
    pub(crate) provider_account: String,
    pub(crate) messaging_profile_id: Option<String>,
}

impl From<&SeedNumber> for NumberRow {
    fn from(seed: &SeedNumber) -> Self {
        Self {
            organization_id: seed.organization_id.as_uuid(),
            id: seed.id.as_uuid(),
            e164: seed.phone.as_str().to_owned(),
            is_enabled: seed.is_enabled,
            is_sms_capable: seed.is_sms_capable,
            is_mms_capable: seed.is_mms_capable,
            destinations: seed.destinations.clone(),
            registration: seed.registration.as_str().to_owned(),
            ten_dlc_campaign_id: seed.ten_dlc_campaign_id.clone(),
            campaign_id: seed.campaign_id.map(CampaignId::as_uuid),
            source_id: seed.source_id.map(SourceId::as_uuid),
            owner_id: seed.owner_id.map(UserId::as_uuid),
            is_reserved: seed.is_reserved,
            health: seed.health.as_str().to_owned(),
            cooling_until: seed.cooling_until,
            hourly_limit: seed.hourly_limit.map(integer),
            daily_limit: seed.daily_limit.map(integer),
            minute_limit: seed.minute_limit.map(integer),
            warm_up_started_on: seed.warm_up.map(|warm_up| warm_up.started_on),
            provider_account: seed.account.as_str().to_owned(),
            messaging_profile_id: seed.messaging_profile_id.clone(),
        }
    }
}

impl NumberRow {
    /// The facts about the number; its usage is in other rows.
    pub(crate) fn facts(
        self,
        usage: Usage,
        last_used_at: Option<DateTime<Utc>>,
    ) -> Result<NumberFacts, ImpossibleRow> {
        let reading = RowRef {
            table: "phone_numbers",
            id: self.id,
        };
        Ok(NumberFacts {
            id: PhoneNumberId::new(self.id),
            phone: reading.phone("e164", self.e164)?,
            is_enabled: self.is_enabled,
            is_sms_capable: self.is_sms_capable,
            is_mms_capable: self.is_mms_capable,
            destinations: self.destinations,
            registration: reading.name("registration", &self.registration)?,
            ten_dlc_campaign_id: self.ten_dlc_campaign_id,
            campaign_id: self.campaign_id.map(CampaignId::new),
            source_id: self.source_id.map(SourceId::new),
            owner_id: self.owner_id.map(UserId::new),
            is_reserved: self.is_reserved,
            health: reading.name("health", &self.health)?,
            cooling_until: self.cooling_until,
            hourly_limit: reading.optional_count("hourly_limit", self.hourly_limit)?,
            daily_limit: reading.optional_count("daily_limit", self.daily_limit)?,
            minute_limit: reading.optional_count("minute_limit", self.minute_limit)?,
            warm_up: self
                .warm_up_started_on
                .map(|started_on| WarmUp { started_on }),
            account: ProviderAccount::new(self.provider_account),
            messaging_profile_id: self.messaging_profile_id,
            tie_rank: None,
            last_used_at,
            usage,
        })
    }
}
