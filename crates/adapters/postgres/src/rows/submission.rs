//! Rows of `submissions`: what was asked, and what the last decision chose for it. Written with the message,
//! and again only by a change that [replans](sms_domain::lifecycle::MessageChange::is_replanned) it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_domain::content::{Media, StoredMedia, Text};
use sms_domain::message::{ComplianceAction, Message, Priority, Route, Schedule, Submission};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{CampaignId, ConversationId, LeadId, PhoneNumberId, SourceId};
use sms_domain::values::{CampaignShare, ProviderAccount, Reservation, SelectionReason};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef, integer, priority};
use crate::statement::{Columns, rows};

/// The SQL types of [`SubmissionRow`].
pub(crate) type SubmissionSql = <SubmissionRow as Columns>::Sql;

rows! {
    /// What is to be sent, without the decision about it.
    SubmissionRow, SubmissionArrays of submissions {
        organization_id: Uuid,
        id: Uuid,
        conversation_id: Uuid,
        lead_id: Uuid,
        requested_at: DateTime<Utc>,
        created_at: DateTime<Utc>,
        received_at: Option<DateTime<Utc>>,
        scheduled_until: Option<DateTime<Utc>>,
        number_id: Option<Uuid>,
        quote: Option<i64>,
        reserved_number_id: Option<Uuid>,
        reserved_hour: Option<DateTime<Utc>>,
        reserved_day: Option<DateTime<Utc>>,
        segments: i32,
        priority: i16,
        is_warmup: bool,
        recipient: String,
        body: Option<String>,
        traffic: String,
        from_number: Option<String>,
        selection: Option<String>,
        ten_dlc_campaign_id: Option<String>,
        provider_account: Option<String>,
        messaging_profile_id: Option<String>,
        compliance: Option<String>,
        scheduled_reason: Option<String>,
        options: Option<Value>,
        reserved_limits: Option<Value>,
    }
}

/// What clients seldom set and no query looks at: the column `options`, null if nothing is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_number_id: Option<Uuid>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_manual: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_selection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_for: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<DateTime<Utc>>,
    /// Erased with the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<StoredMedia>,
}

/// The limits of a reservation: the column `reserved_limits`, null if there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    hour: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<CampaignLimits>,
}

/// The part of a campaign's day that a reservation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct CampaignLimits {
    id: Uuid,
    segments: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<u32>,
}

impl SubmissionRow {
    /// The row of a message.
    pub(crate) fn new(message: &Message) -> Self {
        let submission = &message.submission;
        let timeline = &message.timeline;
        let scheduled = message.schedule();
        let route = message.route.as_ref();
        let reservation = message.reservation;
        Self {
            organization_id: message.organization_id.as_uuid(),
            id: message.id.as_uuid(),
            conversation_id: submission.conversation_id.as_uuid(),
            lead_id: submission.lead_id.as_uuid(),
            requested_at: submission.requested_at,
            created_at: timeline.created_at,
            received_at: timeline.received_at,
            scheduled_until: scheduled.map(|schedule| schedule.until),
            number_id: route.map(|route| route.number_id.as_uuid()),
            quote: message.billing.quote.map(Money::micros),
            reserved_number_id: reservation.map(|held| held.number_id.as_uuid()),
            reserved_hour: reservation.map(|held| held.hour_start),
            reserved_day: reservation.map(|held| held.day_start),
            segments: integer(submission.segments),
            priority: priority(submission.priority),
            is_warmup: route.is_some_and(|route| route.is_warmup),
            recipient: submission.to.as_str().to_owned(),
            body: Some(&submission.text)
                .filter(|text| !text.is_erased())
                .map(|text| text.as_str().to_owned()),
            traffic: submission.traffic.as_str().to_owned(),
            from_number: route.map(|route| route.from.as_str().to_owned()),
            selection: route.and_then(|route| route.selection).map(selection),
            ten_dlc_campaign_id: route.and_then(|route| route.ten_dlc_campaign_id.clone()),
            provider_account: route.map(|route| route.account.as_str().to_owned()),
            messaging_profile_id: route.and_then(|route| route.messaging_profile_id.clone()),
            compliance: message.compliance.map(|action| action.to_string()),
            scheduled_reason: scheduled.map(|schedule| schedule.reason.as_str().to_owned()),
            options: unless_default(&Options::of(submission)),
            reserved_limits: reservation.and_then(|held| unless_default(&Limits::of(&held))),
        }
    }

    pub(crate) fn submission(&self, reading: &RowRef<Uuid>) -> Result<Submission> {
        let options: Options = stored(reading, "options", self.options.as_ref())?;
        Ok(Submission {
            conversation_id: ConversationId::new(self.conversation_id),
            lead_id: LeadId::new(self.lead_id),
            to: reading.phone("recipient", self.recipient.clone())?,
            text: self.body.as_deref().map_or_else(Text::erased, Text::new),
            media: options.media.into_iter().map(Media::from).collect(),
            segments: reading.count("segments", self.segments)?,
            campaign_id: options.campaign_id.map(CampaignId::new),
            source_id: options.source_id.map(SourceId::new),
            requested_number: options.requested_number_id.map(PhoneNumberId::new),
            is_manual: options.is_manual,
            claimed_selection: reading
                .optional_name("options", options.claimed_selection.as_deref())?,
            scheduled_for: options.requested_for,
            valid_until: options.valid_until,
            traffic: reading.name("traffic", &self.traffic)?,
            priority: self.priority(reading)?,
            requested_at: self.requested_at,
        })
    }

    fn priority(&self, reading: &RowRef<Uuid>) -> Result<Priority> {
        match self.priority {
            0 => Ok(Priority::System),
            1 => Ok(Priority::Immediate),
            2 => Ok(Priority::Bulk),
            other => Err(reading.impossible("priority", format!("is {other}"))),
        }
    }

    pub(crate) fn scheduled(&self, reading: &RowRef<Uuid>) -> Result<Option<Schedule>> {
        let Some(until) = self.scheduled_until else {
            return Ok(None);
        };
        let reason = reading.required("scheduled_reason", self.scheduled_reason.as_deref())?;
        Ok(Some(Schedule {
            until,
            reason: reading.name("scheduled_reason", reason)?,
        }))
    }

    pub(crate) fn compliance(&self, reading: &RowRef<Uuid>) -> Result<Option<ComplianceAction>> {
        reading.optional_name("compliance", self.compliance.as_deref())
    }

    pub(crate) fn route(&self, reading: &RowRef<Uuid>) -> Result<Option<Route>> {
        let Some(number_id) = self.number_id else {
            return Ok(None);
        };
        let from = reading.required("from_number", self.from_number.clone())?;
        let account = reading.required("provider_account", self.provider_account.clone())?;
        Ok(Some(Route {
            number_id: PhoneNumberId::new(number_id),
            from: reading.phone("from_number", from)?,
            selection: reading.optional_name("selection", self.selection.as_deref())?,
            ten_dlc_campaign_id: self.ten_dlc_campaign_id.clone(),
            is_warmup: self.is_warmup,
            account: ProviderAccount::new(account),
            messaging_profile_id: self.messaging_profile_id.clone(),
        }))
    }

    pub(crate) fn reservation(&self, reading: &RowRef<Uuid>) -> Result<Option<Reservation>> {
        let Some(number_id) = self.reserved_number_id else {
            return Ok(None);
        };
        let limits: Limits = stored(reading, "reserved_limits", self.reserved_limits.as_ref())?;
        Ok(Some(Reservation {
            number_id: PhoneNumberId::new(number_id),
            hour_start: reading.required("reserved_hour", self.reserved_hour)?,
            hour_limit: limits.hour,
            day_start: reading.required("reserved_day", self.reserved_day)?,
            day_limit: limits.day,
            campaign: limits.campaign.map(CampaignLimits::share),
        }))
    }
}

type Result<T, E = ImpossibleRow> = std::result::Result<T, E>;

impl Options {
    fn of(submission: &Submission) -> Self {
        Self {
            campaign_id: submission.campaign_id.map(CampaignId::as_uuid),
            source_id: submission.source_id.map(SourceId::as_uuid),
            requested_number_id: submission.requested_number.map(PhoneNumberId::as_uuid),
            is_manual: submission.is_manual,
            claimed_selection: submission.claimed_selection.map(selection),
            requested_for: submission.scheduled_for,
            valid_until: submission.valid_until,
            media: submission.media.iter().map(StoredMedia::from).collect(),
        }
    }
}

impl Limits {
    fn of(held: &Reservation) -> Self {
        Self {
            hour: held.hour_limit,
            day: held.day_limit,
            campaign: held.campaign.map(|share| CampaignLimits {
                id: share.campaign_id.as_uuid(),
                segments: share.segments,
                day: share.day_limit,
            }),
        }
    }
}

impl CampaignLimits {
    const fn share(self) -> CampaignShare {
        CampaignShare {
            campaign_id: CampaignId::new(self.id),
            segments: self.segments,
            day_limit: self.day,
        }
    }
}

fn selection(reason: SelectionReason) -> String {
    reason.as_str().to_owned()
}

/// The group as JSON, or null if nothing of it is set.
fn unless_default<G: Serialize + Default + PartialEq>(group: &G) -> Option<Value> {
    if *group == G::default() {
        return None;
    }
    // Contains only ids, names, numbers and instants, which JSON can represent.
    serde_json::to_value(group).ok()
}

fn stored<G: serde::de::DeserializeOwned + Default>(
    reading: &RowRef<Uuid>,
    column: &'static str,
    group: Option<&Value>,
) -> Result<G> {
    group.map_or_else(
        || Ok(G::default()),
        |value| {
            G::deserialize(value).map_err(|error| reading.impossible(column, error.to_string()))
        },
    )
}
