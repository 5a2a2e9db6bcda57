//! The message: identity, content, timeline and state. [`super::state`] has its transitions.

use std::ops::Deref;

use chrono::{DateTime, Utc};

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

/// An outgoing or received message. Only transitions change it; its parts are readable everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub(super) parts: MessageParts,
    /// Whether the submission was replaced since the message was stored.
    pub(super) is_resubmitted: bool,
}

impl Deref for Message {
    type Target = MessageParts;

    fn deref(&self) -> &MessageParts {
        &self.parts
    }
}

/// The parts of a message, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageParts {
    /// The organization that owns the message.
    pub organization_id: OrganizationId,
    pub id: MessageId,
    /// The version, which grows by one with every commit; 0 = never stored.
    pub version: i64,
    /// The content and the client's options.
    pub submission: Submission,
    /// The state, with the data of the current status.
    pub state: State,
    /// The instants that the message shows.
    pub timeline: Timeline,
    /// The number of ours that sends, sent or received the message.
    pub route: Option<Route>,
    /// The price and the billing status.
    pub billing: Billing,
    /// The latest compliance decision.
    pub compliance: Option<ComplianceAction>,
    /// An explanation of the status, for people.
    pub status_reason: Option<String>,
    /// The provider's id of the message, from the newest attempt.
    pub provider_message_id: Option<String>,
    /// A summary of the attempts so far.
    pub attempts: Attempts,
    /// The capacity that the message holds or has used.
    pub reservation: Option<Reservation>,
    /// When the message must be checked next; `None` = never.
    pub due_at: Option<DateTime<Utc>>,
}

/// The status, with the data that exists only in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The message is saved and not submitted.
    Draft,
    /// The message waits for a legal or requested instant.
    Scheduled(Schedule),
    /// The message waits for its number's pace or, after a definite non-send, for its retry.
    Queued {
        /// The automatic retry for which the message waits.
        retry_at: Option<DateTime<Utc>>,
    },
    /// An attempt is under way.
    Sending(SendingPhase),
    /// The provider accepted the message.
    Sent {
        /// The carrier will send no receipt.
        is_unconfirmed: bool,
    },
    /// A text from the lead.
    Received,
    /// The handset confirmed delivery.
    Delivered,
    /// The message was not sent, or its outcome is unknown.
    Failed(ProviderError),
    /// The carrier could not deliver the message.
    Undeliverable(Option<ProviderError>),
    /// The recipient has opted out.
    OptedOut,
    /// A compliance rule refuses the message.
    BlockedCompliance(Reason),
    /// The wallet balance does not cover the price.
    BlockedBilling,
    /// The number's registration is not approved.
    BlockedMissingCampaign,
    /// The client canceled the message.
    Canceled(Reason),
}

/// The phase of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendingPhase {
    /// The call is under way.
    Calling,
    /// The call ended without a usable response.
    OutcomeUnknown {
        /// When the call ended or was given up.
        since: DateTime<Utc>,
    },
}

/// The route that a decision chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Identifier of our number.
    pub number_id: PhoneNumberId,
    /// Our number in E.164.
    pub from: PhoneNumber,
    /// The strategy that chose the number; `None` for a received text.
    pub selection: Option<SelectionReason>,
    /// The carriers' id of the number's 10DLC campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// Whether the number is under warm-up.
    pub is_warmup: bool,
    /// The account at the provider that owns the number.
    pub account: ProviderAccount,
    /// The messaging profile at the provider.
    pub messaging_profile_id: Option<String>,
}

/// The price and the billing status of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Billing {
    /// The price quoted when the message was allowed.
    pub quote: Option<Money>,
    /// The amount that is held in the wallet.
    pub hold: Money,
    /// The published status.
    pub status: Option<BillingStatus>,
}

/// A summary of a message's attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// The newest attempt's number; 0 = none yet.
    pub last: u32,
    /// The number of attempts that are not void.
    pub counted: u32,
    /// Whether the message was resubmitted after the newest attempt, so that evidence about that
    /// attempt no longer determines what the message shows.
    pub is_reopened: bool,
    /// Whether the message was already moved to another number because a number was rejected.
    pub has_switched_number: bool,
}

impl Attempts {
    /// The number of the attempt that a claim begins.
    #[must_use]
    pub const fn next(&self) -> u32 {
        self.last.saturating_add(1)
    }

    /// Retries as published: counted attempts after the first.
    #[must_use]
    pub const fn retry_count(self) -> u32 {
        self.counted.saturating_sub(1)
    }

    /// Whether evidence about `attempt` determines what the message shows.
    #[must_use]
    pub const fn is_current(self, attempt: &Attempt) -> bool {
        attempt.number == self.last && !self.is_reopened
    }
}

/// The compliance decision; on the wire, the prefix is the outcome and the suffix the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplianceAction {
    /// No rule refuses or defers the message.
    Allowed,
    /// The message was deferred to a later instant.
    Deferred(Reason),
    /// A rule refused the message.
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
    /// A new message, not yet decided or stored. It starts as a draft.
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
        Self {
            parts,
            is_resubmitted: false,
        }
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

    /// The kind of traffic as published: a message for which no number was found shows as a failed
    /// attempt. The submission keeps the original kind.
    #[must_use]
    pub const fn shown_traffic(&self) -> TrafficType {
        match (&self.parts.state, self.parts.compliance) {
            (State::Failed(_), Some(ComplianceAction::Blocked(_))) => TrafficType::FailedAttempt,
            _ => self.parts.submission.traffic,
        }
    }

    /// Whether the organization pays for the message. Messages through the simulator are always
    /// free.
    #[must_use]
    pub fn is_billed(&self) -> bool {
        let is_simulated = |route: &Route| route.account.is_simulated();
        self.submission.traffic.is_billed() && !self.route.as_ref().is_some_and(is_simulated)
    }

    /// The instant from which on the message must not be sent.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        let asked = self.submission.requested_at.max(self.timeline.created_at);
        self.submission.expires_from(asked)
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

    /// When the next automatic retry is due.
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
