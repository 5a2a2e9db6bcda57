//! The message: identity, content, timeline, state. Its transitions are in [`super::state`].

use std::ops::Deref;

use chrono::{DateTime, Duration, Utc};

use super::attempt::Attempt;
use super::content::{Submission, TrafficType};
use super::status::Status;
use super::timeline::{Schedule, Timeline};
use crate::carrier::ProviderError;
use crate::values::billing::{BillingStatus, Money};
use crate::values::ids::{MessageId, OrganizationId, PhoneNumberId};
use crate::values::phone::PhoneNumber;
use crate::values::reason::Reason;
use crate::values::wire::UnknownName;
use crate::values::{ProviderAccount, Reservation, SelectionReason};

/// A message, in or out. Only its transitions change it; everybody reads its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub(super) parts: MessageParts,
}

impl Deref for Message {
    type Target = MessageParts;

    fn deref(&self) -> &MessageParts {
        &self.parts
    }
}

/// What a message consists of, as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageParts {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names the message.
    pub id: MessageId,
    /// Grows by one with every commit; 0 = never stored.
    pub version: i64,
    /// What was asked for.
    pub submission: Submission,
    /// Where it stands.
    pub state: State,
    /// The instants.
    pub timeline: Timeline,
    /// The number it leaves, left or arrived by.
    pub route: Option<Route>,
    /// Money.
    pub billing: Billing,
    /// What compliance decided last.
    pub compliance: Option<ComplianceAction>,
    /// A sentence about the status, for people.
    pub status_reason: Option<String>,
    /// The provider's id of the newest attempt.
    pub provider_message_id: Option<String>,
    /// The attempts so far.
    pub attempts: Attempts,
    /// The capacity it holds or used.
    pub reservation: Option<Reservation>,
    /// When somebody must next look at this row; `None` = never.
    pub due_at: Option<DateTime<Utc>>,
}

/// What exists in one status alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Saved, not submitted.
    Draft,
    /// Waits for a legal or requested instant.
    Scheduled(Schedule),
    /// Waits for its number's pace, or after a definite non-send for the next try.
    Queued {
        /// The automatic retry it waits for.
        retry_at: Option<DateTime<Utc>>,
    },
    /// An attempt is under way.
    Sending(SendingPhase),
    /// The provider took it.
    Sent {
        /// The carrier will send no receipt.
        is_unconfirmed: bool,
    },
    /// A lead's text.
    Received,
    /// The handset confirmed it.
    Delivered,
    /// It did not leave, or nobody knows.
    Failed(ProviderError),
    /// The carrier could not deliver it.
    Undeliverable(Option<ProviderError>),
    /// The recipient said STOP.
    OptedOut,
    /// A compliance rule refuses it.
    BlockedCompliance(Reason),
    /// The wallet does not cover it.
    BlockedBilling,
    /// Registration is missing.
    BlockedMissingCampaign,
    /// Withdrawn.
    Canceled(Reason),
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendingPhase {
    /// The call is under way.
    Calling,
    /// The call ended without a usable answer.
    OutcomeUnknown {
        /// Since when.
        since: DateTime<Utc>,
    },
}

/// The way out that a decision chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Our number.
    pub number_id: PhoneNumberId,
    /// Our number, E.164.
    pub from: PhoneNumber,
    /// Which strategy chose it; `None` for a lead's text.
    pub selection: Option<SelectionReason>,
    /// The carriers' id of its 10DLC campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// The number is under warm-up.
    pub is_warmup: bool,
    /// The provider's account that owns the number.
    pub account: ProviderAccount,
    /// The provider's profile.
    pub messaging_profile_id: Option<String>,
}

/// Where the message stands with money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Billing {
    /// The price quoted when it was allowed.
    pub quote: Option<Money>,
    /// Set aside in the wallet now.
    pub hold: Money,
    /// The published status.
    pub status: Option<BillingStatus>,
}

/// The attempts of a message, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// The newest attempt's number; 0 = none yet.
    pub last: u32,
    /// How many of them count: those that are not void.
    pub counted: u32,
    /// A person resubmitted the message after the newest attempt, so that evidence about it is no
    /// longer what the row shows.
    pub is_reopened: bool,
    /// The message was already moved to another number once, because a number was rejected.
    pub has_switched_number: bool,
}

impl Attempts {
    /// Retries as published: counted attempts after the first.
    #[must_use]
    pub const fn retry_count(self) -> u32 {
        self.counted.saturating_sub(1)
    }

    /// Whether evidence about `attempt` is what the row shows.
    #[must_use]
    pub const fn is_current(self, attempt: &Attempt) -> bool {
        attempt.number == self.last && !self.is_reopened
    }
}

/// What compliance decided: the prefix says how, the suffix why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplianceAction {
    /// Nothing refuses.
    Allowed,
    /// Moved to a later instant.
    Deferred(Reason),
    /// Refused.
    Blocked(Reason),
}

impl std::fmt::Display for ComplianceAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Allowed => f.write_str("allowed"),
            Self::Deferred(reason) => write!(f, "deferred_{reason}"),
            Self::Blocked(reason) => write!(f, "blocked_{reason}"),
        }
    }
}

impl std::str::FromStr for ComplianceAction {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match (
            text.strip_prefix("deferred_"),
            text.strip_prefix("blocked_"),
        ) {
            (Some(reason), _) => reason.parse().map(Self::Deferred),
            (_, Some(reason)) => reason.parse().map(Self::Blocked),
            (None, None) if text == "allowed" => Ok(Self::Allowed),
            (None, None) => Err(UnknownName {
                what: "ComplianceAction",
                value: text.to_owned(),
            }),
        }
    }
}

impl Message {
    /// How long after its creation, request or scheduled instant a message may still leave.
    pub const VALIDITY: Duration = Duration::hours(72);

    /// How long an opt-out confirmation may still leave (47 CFR 64.1200(a)(12)).
    pub const CONFIRMATION_VALIDITY: Duration = Duration::minutes(5);

    /// A new message, not judged yet and never stored: it begins as a draft.
    #[must_use]
    pub const fn new(
        organization_id: OrganizationId,
        id: MessageId,
        submission: Submission,
        at: DateTime<Utc>,
    ) -> Self {
        let parts = MessageParts {
            organization_id,
            id,
            version: 0,
            submission,
            state: State::Draft,
            timeline: Timeline::starting(at),
            route: None,
            billing: Billing {
                quote: None,
                hold: Money::ZERO,
                status: None,
            },
            compliance: None,
            status_reason: None,
            provider_message_id: None,
            attempts: Attempts {
                last: 0,
                counted: 0,
                is_reopened: false,
                has_switched_number: false,
            },
            reservation: None,
            due_at: None,
        };
        Self { parts }
    }

    /// The published status.
    #[must_use]
    pub const fn status(&self) -> Status {
        match &self.parts.state {
            State::Draft => Status::Draft,
            State::Scheduled(_) => Status::Scheduled,
            State::Queued { .. } => Status::Queued,
            State::Sending(_) => Status::Sending,
            State::Sent { .. } => Status::Sent,
            State::Received => Status::Received,
            State::Delivered => Status::Delivered,
            State::Failed(_) => Status::Failed,
            State::Undeliverable(_) => Status::Undeliverable,
            State::OptedOut => Status::OptedOut,
            State::BlockedCompliance(_) => Status::BlockedCompliance,
            State::BlockedBilling => Status::BlockedBilling,
            State::BlockedMissingCampaign => Status::BlockedMissingCampaign,
            State::Canceled(_) => Status::Canceled,
        }
    }

    /// The kind of traffic as it is published: a message for which no number was found shows as a
    /// failed attempt. What it was accepted as stays in the submission.
    #[must_use]
    pub const fn shown_traffic(&self) -> TrafficType {
        match (&self.parts.state, self.parts.compliance) {
            (State::Failed(_), Some(ComplianceAction::Blocked(_))) => TrafficType::FailedAttempt,
            _ => self.parts.submission.traffic,
        }
    }

    /// Whether the organization pays for it: never for what leaves through the simulator, whoever
    /// asked for it.
    #[must_use]
    pub fn is_billed(&self) -> bool {
        let is_simulated = |route: &Route| route.account.is_simulated();
        self.submission.traffic.is_billed() && !self.route.as_ref().is_some_and(is_simulated)
    }

    /// The instant after which the message must not leave any more.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        let asked = self.submission.requested_at.max(self.timeline.created_at);
        let (from, validity) = match self.submission.traffic {
            // The five minutes begin with the person's own text.
            TrafficType::SystemInternal => {
                (self.submission.requested_at, Self::CONFIRMATION_VALIDITY)
            }
            TrafficType::RealLead
            | TrafficType::Warmup
            | TrafficType::Test
            | TrafficType::FailedAttempt => (
                self.submission
                    .scheduled_for
                    .map_or(asked, |at| at.max(asked)),
                Self::VALIDITY,
            ),
        };
        from.checked_add_signed(validity).unwrap_or(from)
    }

    /// The error to show.
    #[must_use]
    pub fn error(&self) -> Option<(&str, &str)> {
        match &self.state {
            State::Failed(error) | State::Undeliverable(Some(error)) => {
                Some((&error.code, &error.message))
            }
            State::OptedOut => Some(pair(Reason::ContactOptedOut)),
            State::BlockedCompliance(reason) => Some(pair(*reason)),
            State::BlockedBilling => Some(pair(Reason::WalletInsufficient)),
            State::BlockedMissingCampaign => Some(pair(Reason::TenDlcNotApproved)),
            State::Draft
            | State::Scheduled(_)
            | State::Queued { .. }
            | State::Sending(_)
            | State::Sent { .. }
            | State::Received
            | State::Delivered
            | State::Undeliverable(None)
            | State::Canceled(_) => None,
        }
    }

    /// When the next automatic try is due.
    #[must_use]
    pub const fn next_retry_at(&self) -> Option<DateTime<Utc>> {
        match self.parts.state {
            State::Queued { retry_at } => retry_at,
            State::Draft
            | State::Scheduled(_)
            | State::Sending(_)
            | State::Sent { .. }
            | State::Received
            | State::Delivered
            | State::Failed(_)
            | State::Undeliverable(_)
            | State::OptedOut
            | State::BlockedCompliance(_)
            | State::BlockedBilling
            | State::BlockedMissingCampaign
            | State::Canceled(_) => None,
        }
    }
}

const fn pair(reason: Reason) -> (&'static str, &'static str) {
    (reason.as_str(), reason.sentence())
}
