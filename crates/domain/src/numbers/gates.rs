//! The gates that a number must pass before a strategy may choose it: one ordered table of named
//! functions. This module must not know which number is preferred.

use chrono::{DateTime, TimeDelta, Utc};

use super::warm_up::{day_limit, is_warming_up};
use crate::case::Case;
use crate::facts::{NumberFacts, OrganizationKind, Registration, SuppressionScope};
use crate::law::read_country;
use crate::message::TrafficType;
use crate::values::reason::Reason;
use crate::values::wire::wire_enum;
use crate::values::{CounterKind, Health};

wire_enum! {
    /// The gates by their codes, as in the trace.
    GateCode {
        /// The number is enabled.
        Enabled = "enabled",
        /// The number can send SMS.
        SmsCapable = "sms_capable",
        /// The number can send MMS, if the message has files.
        MmsCapable = "mms_capable",
        /// The number is on the right kind of account: real or simulated.
        Account = "account",
        /// The number may text the recipient's country.
        Destination = "destination",
        /// The number is registered with the carriers.
        Registration = "registration",
        /// The number is not routed to another campaign.
        Campaign = "campaign",
        /// The number is not reserved for another campaign, source or owner.
        Reserved = "reserved",
        /// Warm-up numbers send only warm-up traffic, and only they do.
        WarmUp = "warm_up",
        /// The number is neither suspended nor disabled.
        Health = "health",
        /// The recipient has not opted out of this number.
        OptOut = "opt_out",
        /// The number is not resting.
        Cooling = "cooling",
        /// The number has hourly capacity.
        Hour = "hour",
        /// The number has daily capacity.
        Day = "day",
        /// The campaign has daily capacity.
        CampaignDay = "campaign_day",
        /// Neither the number nor its campaign is paused.
        Paused = "paused",
    }
}

/// Why a number fails a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The number cannot send the message, and waiting does not help.
    Lasting(Reason),
    /// The number's registration is not approved.
    Registration,
    /// The recipient has opted out of this number.
    OptedOut,
    /// The number cannot send the message yet.
    NotNow {
        reason: Reason,
        /// When the number passes the gate.
        until: DateTime<Utc>,
    },
    /// The number, or the campaign that it belongs to, is paused: nobody knows until when.
    Paused,
}

/// A gate: a named function.
#[derive(Debug)]
pub struct Gate {
    pub code: GateCode,
    /// The condition, as the end of the sentence "Passes when the number …".
    pub passes_when: &'static str,
    /// The check; `None` = passed.
    pub obstacle: fn(&Case<'_>, &NumberFacts) -> Option<Obstacle>,
}

/// The gates, in the order in which failures are listed. All are evaluated.
pub const GATES: [Gate; 16] = [
    gate(
        GateCode::Enabled,
        "is owned by the organization and enabled",
        enabled,
    ),
    gate(GateCode::SmsCapable, "can send SMS", sms_capable),
    gate(
        GateCode::MmsCapable,
        "can send MMS, or the message has no files",
        mms_capable,
    ),
    gate(
        GateCode::Account,
        "is simulated for test traffic and sandbox organizations, and real otherwise",
        account,
    ),
    gate(
        GateCode::Destination,
        "may text the recipient's country",
        destination,
    ),
    gate(
        GateCode::Registration,
        "has an approved registration, or requires none",
        registration,
    ),
    gate(
        GateCode::Campaign,
        "is not routed to a campaign other than the message's",
        campaign,
    ),
    gate(
        GateCode::Reserved,
        "is not reserved for another owner, source or campaign",
        reserved,
    ),
    gate(
        GateCode::WarmUp,
        "is under warm-up for warm-up traffic and not under warm-up for other traffic; system \
         replies are exempt",
        warm_up,
    ),
    gate(
        GateCode::Health,
        "is neither suspended nor disabled",
        health,
    ),
    gate(
        GateCode::OptOut,
        "is not one from which the recipient has opted out",
        opt_out,
    ),
    gate(GateCode::Cooling, "is not cooling down", cooling),
    gate(GateCode::Hour, "has hourly capacity", |case, n| {
        capacity(case, n, CounterKind::Hour)
    }),
    gate(GateCode::Day, "has daily capacity", |case, n| {
        capacity(case, n, CounterKind::Day)
    }),
    gate(
        GateCode::CampaignDay,
        "belongs to no campaign, or to one with daily capacity for all segments of the message, \
         or is a simulated number of a live organization",
        campaign_day,
    ),
    gate(
        GateCode::Paused,
        "is not paused, and belongs to no campaign that is; system replies are exempt",
        paused,
    ),
];

const fn gate(
    code: GateCode,
    passes_when: &'static str,
    obstacle: fn(&Case<'_>, &NumberFacts) -> Option<Obstacle>,
) -> Gate {
    Gate {
        code,
        passes_when,
        obstacle,
    }
}

const NOT_ELIGIBLE: Option<Obstacle> = Some(Obstacle::Lasting(Reason::NoEligiblePhoneNumber));

fn passes_if(passes: bool) -> Option<Obstacle> {
    if passes { None } else { NOT_ELIGIBLE }
}

fn enabled(_: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    passes_if(number.is_enabled)
}

fn sms_capable(_: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    passes_if(number.is_sms_capable)
}

/// A carrier refuses an MMS from a number that is not set up for it, and a message without its picture is another
/// message.
fn mms_capable(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    passes_if(number.is_mms_capable || !case.submission.is_mms())
}

/// Messages from a test key or a sandbox must not reach people, and messages to people must not go
/// to the simulator. System replies use the account on which the conversation runs.
fn account(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let context = case.context;
    let must_be_simulated = match case.traffic() {
        TrafficType::RealLead | TrafficType::Warmup | TrafficType::FailedAttempt => false,
        TrafficType::Test => true,
        TrafficType::SystemInternal => case.answers_in_simulator(),
    };
    let in_sandbox = context.org.kind == OrganizationKind::Sandbox;
    let is_simulated = number.account.is_simulated();
    // In a sandbox organization, a message to a lead finds no number, because it must not reach a
    // person.
    passes_if(is_simulated == must_be_simulated && (is_simulated || !in_sandbox))
}

/// No number passes for a recipient whose country is unknown.
fn destination(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let Some(country) = case.country() else {
        return NOT_ELIGIBLE;
    };
    let mut served = number.destinations.iter();
    passes_if(served.any(|text| read_country(text) == Some(country)))
}

/// Carriers block unregistered 10DLC traffic.
fn registration(_: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    match number.registration {
        Registration::Approved | Registration::NotRequired => None,
        Registration::Pending
        | Registration::Rejected
        | Registration::Missing
        | Registration::Stale => Some(Obstacle::Registration),
    }
}

fn campaign(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let wanted = case.submission.campaign_id;
    let is_anothers = wanted.is_some() && number.campaign_id.is_some_and(|own| Some(own) != wanted);
    passes_if(!is_anothers)
}

/// A reserved number sends only for the campaign, source and owner to which it is routed.
fn reserved(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    if !number.is_reserved {
        return None;
    }
    let owner = case.context.message.lead.owner_id;
    let routed =
        number.campaign_id.is_some() || number.source_id.is_some() || number.owner_id.is_some();
    let fits = number
        .campaign_id
        .is_none_or(|own| case.campaign() == Some(own))
        && number
            .source_id
            .is_none_or(|own| case.source() == Some(own))
        && number.owner_id.is_none_or(|own| owner == Some(own));
    passes_if(routed && fits)
}

/// A warm-up builds a reputation with engaged recipients; messages to leads must not depend on it.
/// System replies are sent from the number that the person texted, whatever its state.
fn warm_up(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let is_warming_up = is_warming_up(number, case.windows.day);
    passes_if(match case.traffic() {
        TrafficType::RealLead | TrafficType::Test | TrafficType::FailedAttempt => !is_warming_up,
        TrafficType::Warmup => is_warming_up,
        TrafficType::SystemInternal => true,
    })
}

fn health(_: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let blocked = Some(Obstacle::Lasting(Reason::NumberHealthBlocked));
    match number.health {
        Health::Suspended | Health::Disabled => blocked,
        // The number rests without a known end.
        Health::CoolingDown if number.cooling_until.is_none() => blocked,
        Health::Unknown
        | Health::New
        | Health::Healthy
        | Health::Warmup
        | Health::Limited
        | Health::CoolingDown => None,
    }
}

/// The opt-out confirmation is the only message that the person may still receive (47 CFR
/// 64.1200(a)(12)).
fn opt_out(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let closed = SuppressionScope::Number(number.id);
    let suppressions = &case.context.message.recipient.suppressions;
    let is_closed = suppressions
        .iter()
        .any(|suppression| suppression.scope == closed);
    let is_exempt = case.traffic() == TrafficType::SystemInternal;
    (is_closed && !is_exempt).then_some(Obstacle::OptedOut)
}

fn cooling(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let until = number.cooling_until.filter(|until| *until > case.now)?;
    Some(Obstacle::NotNow {
        reason: Reason::NumberCoolingDown,
        until,
    })
}

fn capacity(case: &Case<'_>, number: &NumberFacts, kind: CounterKind) -> Option<Obstacle> {
    let (limit, reason) = match kind {
        CounterKind::Hour => (number.hourly_limit, Reason::PhoneNumberHourlyLimitReached),
        CounterKind::Day => (
            day_limit(number, case.windows.day),
            Reason::PhoneNumberDailyLimitReached,
        ),
    };
    let used = case.context.used(number, kind, case.windows.start(kind));
    let until = case.windows.end(kind);
    (used >= limit?).then_some(Obstacle::NotNow { reason, until })
}

/// Carriers cap the segments of a brand a day, over all its numbers (T-Mobile).
fn campaign_day(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let campaign = case.context.org.campaign_of(number)?;
    let limit = campaign.daily_limit?;
    let used = (case.context).used_by_campaign(campaign, case.windows.day_start);
    let exceeds = used.saturating_add(case.wording.segments) > limit;
    exceeds.then_some(Obstacle::NotNow {
        reason: Reason::CampaignDailyLimitReached,
        until: case.windows.day_end,
    })
}

fn paused(case: &Case<'_>, number: &NumberFacts) -> Option<Obstacle> {
    let pauses = &case.context.pauses;
    let campaign = case.context.org.campaign_of(number);
    let is_paused = pauses.numbers.contains(&number.id)
        || campaign.is_some_and(|campaign| pauses.campaigns.contains(&campaign.id));
    let is_exempt = case.traffic() == TrafficType::SystemInternal;
    (is_paused && !is_exempt).then_some(Obstacle::Paused)
}

/// How long an active conversation waits for its own number.
pub(super) const STICKY_WAIT: TimeDelta = TimeDelta::minutes(15);
