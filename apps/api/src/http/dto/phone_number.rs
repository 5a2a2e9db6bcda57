//! A number of an organization in the published shape.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_application::NumberSettings;
use sms_domain::numbers::{NumberStanding, Readiness};
use sms_domain::ports::{NumberList, RegisteredNumber};
use sms_domain::values::Health;
use sms_domain::values::ids::{CampaignId, OrganizationId, PhoneNumberId, SourceId};
use sms_domain::values::phone::PhoneNumber;

use super::outgoing_number::{HealthStatus, display, health};
use super::sms_event::IdNamePair;
use super::wire::{Id, Integer, Name, Names};
use crate::http::payload::{Fields, FromFields, parse};

/// A number to register, or its new settings.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberRequest {
    /// The number in E.164. It cannot change.
    pub(crate) number: String,
    /// The organization: that of the API key, if given.
    #[oai(nullable)]
    pub(crate) organization_id: Option<Id<OrganizationId>>,
    /// Whether the number sends; as before when not given, and at first it does.
    pub(crate) enabled: Option<bool>,
    /// The name for people, up to 255 characters.
    #[oai(validator(max_length = 255))]
    pub(crate) name: String,
    /// Names the number in the path, if given; a new number gets its own.
    #[oai(nullable)]
    pub(crate) id: Option<Id<PhoneNumberId>>,
}

/// The most characters of a name.
const LONGEST_NAME: usize = 255;

impl FromFields for PhoneNumberRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let number = fields.required("number", parse::phone);
        let organization_id = fields.optional("organizationId", parse::id);
        if organization_id.is_some_and(|id| id != fields.organization_id) {
            fields.reject("organizationId", "is not the organization of the API key");
        }
        let enabled = fields.absent_or("enabled", parse::boolean);
        let name = fields.required("name", parse::string);
        if name
            .as_ref()
            .is_some_and(|name| name.chars().count() > LONGEST_NAME)
        {
            fields.reject("name", "must have at most 255 characters");
        }
        if name
            .as_ref()
            .is_some_and(|name| name.chars().any(char::is_control))
        {
            fields.reject("name", "must have no control characters");
        }
        Self {
            number: number.map_or_else(String::new, |phone| phone.as_str().to_owned()),
            organization_id: organization_id.map(Id),
            enabled,
            name: name.unwrap_or_default(),
            id: fields.optional("id", parse::id).map(Id),
        }
    }
}

impl PhoneNumberRequest {
    /// The settings. The number was parsed with the request.
    pub(crate) fn settings(self) -> Option<NumberSettings> {
        Some(NumberSettings {
            phone: PhoneNumber::parse(&self.number).ok()?,
            name: self.name.trim().to_owned(),
            is_enabled: self.enabled,
        })
    }
}

/// A number of an organization.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberResponse {
    /// The number in E.164.
    pub(crate) number: String,
    /// The identity behind the number; null, as numbers have none here.
    #[oai(nullable)]
    pub(crate) phone_identity_id: Option<String>,
    /// The organization that it belongs to.
    #[oai(nullable)]
    pub(crate) organization: Option<IdNamePair>,
    /// Whether the number is in an account of this service at a carrier: always.
    pub(crate) leadping_owned: bool,
    /// What it is used for.
    pub(crate) routing: PhoneNumberRoutingMetadata,
    /// Whether it is enabled.
    pub(crate) enabled: bool,
    /// Whether it is ready to send.
    pub(crate) warmup: PhoneNumberReadiness,
    /// The name for people.
    pub(crate) name: String,
    /// Names the number; the phoneNumberId of other operations.
    pub(crate) id: Id<PhoneNumberId>,
    /// When it was registered.
    pub(crate) created_at: DateTime<Utc>,
    /// When a person last changed it; null if nobody did.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

/// What a number is used for.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberRoutingMetadata {
    /// Whether it can send SMS.
    pub(crate) sms_enabled: bool,
    /// Whether it can place calls: never here.
    pub(crate) voice_enabled: bool,
    /// The organization that its messages belong to.
    #[oai(nullable)]
    pub(crate) team_id: Option<Id<OrganizationId>>,
    /// The source to whose leads it is routed.
    #[oai(nullable)]
    pub(crate) source_id: Option<Id<SourceId>>,
    /// The campaign to which it is routed.
    #[oai(nullable)]
    pub(crate) campaign_id: Option<Id<CampaignId>>,
    /// The application for its registration; null, as it is made elsewhere.
    #[oai(nullable)]
    pub(crate) ten_dlc_application_id: Option<String>,
}

/// Whether a number is ready to send.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumberReadiness {
    /// Whether it is under warm-up.
    pub(crate) enabled: bool,
    /// Where it stands.
    #[oai(nullable)]
    pub(crate) state: Option<Name<Readiness>>,
    /// How well its messages arrive.
    #[oai(nullable)]
    pub(crate) health_status: Option<Name<HealthStatus>>,
    /// Its health in points, 0 (switched off) to 100 (healthy); null while nothing is known.
    #[oai(nullable)]
    pub(crate) health_score: Option<Integer>,
    /// How far its warm-up is, 0 to 100; 100 without one.
    pub(crate) progress_percent: Integer,
    /// The stage of its calls; null, as it places none.
    #[oai(nullable)]
    pub(crate) call_stage: Option<Name<CallStage>>,
}

/// The stage of a number's calls, by the published names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum CallStage {}

impl Names for CallStage {
    fn names() -> Vec<&'static str> {
        vec!["Stage 0", "Stage 1", "Stage 2", "Stage 3", "Stage 4"]
    }
}

/// A health in points.
pub(super) fn score(health: Health) -> Option<Integer> {
    let points: u32 = match health {
        Health::Unknown | Health::New => return None,
        Health::Healthy => 100,
        Health::Warmup => 75,
        Health::Limited => 50,
        Health::CoolingDown => 25,
        Health::Suspended | Health::Disabled => 0,
    };
    Some(points.into())
}

/// The name of a number for people: its own, or else the number as people write it.
pub(super) fn name(number: &RegisteredNumber) -> String {
    let own = number.name.as_ref().filter(|name| !name.is_empty());
    own.map_or_else(|| display(&number.facts.phone), Clone::clone)
}

/// How a number of an organization stands.
pub(super) fn standing(
    list: &NumberList,
    number: &RegisteredNumber,
    now: DateTime<Utc>,
) -> NumberStanding {
    let is_paused = list.is_paused || number.is_paused;
    NumberStanding::of(&number.facts, &list.capacity_zone, is_paused, now)
}

impl PhoneNumberReadiness {
    /// The readiness of a number.
    pub(crate) fn new(number: &RegisteredNumber, standing: &NumberStanding) -> Self {
        let (status, ..) = health(number.facts.health);
        Self {
            enabled: standing.is_warming_up,
            state: Some(Name(standing.readiness)),
            health_status: Some(Name(status)),
            health_score: score(number.facts.health),
            progress_percent: standing.warm_up_percent.into(),
            call_stage: None,
        }
    }
}

impl PhoneNumberResponse {
    /// A number of the list's organization.
    pub(crate) fn new(list: &NumberList, number: &RegisteredNumber, now: DateTime<Utc>) -> Self {
        let facts = &number.facts;
        Self {
            number: facts.phone.as_str().to_owned(),
            phone_identity_id: None,
            organization: Some(IdNamePair {
                id: list.organization_id.to_string(),
                name: list.organization_name.clone(),
            }),
            leadping_owned: true,
            routing: PhoneNumberRoutingMetadata {
                sms_enabled: facts.is_sms_capable,
                voice_enabled: false,
                team_id: Some(Id(list.organization_id)),
                source_id: facts.source_id.map(Id),
                campaign_id: facts.campaign_id.map(Id),
                ten_dlc_application_id: None,
            },
            enabled: facts.is_enabled,
            warmup: PhoneNumberReadiness::new(number, &standing(list, number, now)),
            name: name(number),
            id: Id(facts.id),
            created_at: number.created_at.unwrap_or(DateTime::UNIX_EPOCH),
            modified_at: number.modified_at,
        }
    }
}
