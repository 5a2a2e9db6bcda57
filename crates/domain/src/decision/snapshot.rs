//! The facts that a decision rested on, so that it can be judged again. What can change is copied; what
//! changes seldom and belongs to the organization is referred to by its hash ([`OrganizationSnapshot`]).
//!
//! A snapshot contains no phone number, text or name. It is still personal data: it says which messages a
//! person got. This module must not know any rule, or how a snapshot is stored.
//!
//! [`Snapshot::of`] takes its arguments apart field by field: a new fact does not compile until it is placed
//! here, or named as something that no decision reads.

mod message;
mod numbers;
mod organization;
mod pseudonyms;

use std::sync::Arc;

use chrono::serde::ts_microseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use organization::{OrganizationSnapshot, SnapshotHash};
pub use pseudonyms::Pseudonyms;

use self::message::{
    ConversationSnapshot, LeadSnapshot, RecipientSnapshot, SubmissionSnapshot, WalletSnapshot,
};
use self::numbers::{CampaignState, NumberRefs, NumberState, ReservationSnapshot};
use super::decide::decide_on;
use super::decision::Decided;
use crate::case::features::TextFeatures;
use crate::case::wording::Wording;
use crate::content::{Media, Text};
use crate::facts::{
    CapacityWindows, Context, Emergencies, Emergency, MessageFacts, Pauses, ScrubFacts,
};
use crate::law::RuleData;
use crate::message::Submission;
use crate::values::ids::{CampaignId, LeadId, PhoneNumberId};

/// The facts of one decision, without those of the organization that change seldom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    #[serde(with = "ts_microseconds")]
    now: DateTime<Utc>,
    submission: SubmissionSnapshot,
    text: TextFeatures,
    conversation: ConversationSnapshot,
    lead: LeadSnapshot,
    recipient: RecipientSnapshot,
    wallet: WalletSnapshot,
    own_reservation: Option<ReservationSnapshot>,
    /// In the order of the organization's numbers.
    numbers: Vec<NumberState>,
    /// In the order of the organization's campaigns.
    campaigns: Vec<CampaignState>,
    scrubs: ScrubFacts,
    /// Those in force.
    emergencies: Vec<Emergency>,
    pauses: PausesSnapshot,
    /// Whether the message has files.
    is_mms: bool,
}

/// What was paused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct PausesSnapshot {
    is_organization_paused: bool,
    numbers: Vec<PhoneNumberId>,
    campaigns: Vec<CampaignId>,
}

/// The arguments of a decision, restored from its snapshots. Phone numbers are placeholders of the same area
/// code, and the text is erased.
#[derive(Debug, Clone)]
pub struct Restored {
    /// The message as it was submitted.
    pub submission: Submission,
    /// What the decision reads of its text.
    pub features: TextFeatures,
    pub context: Context,
    /// The instant of the decision.
    pub now: DateTime<Utc>,
}

/// The organization's snapshot does not have the numbers or campaigns that the decision's snapshot is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is of another state of the organization")]
pub struct OtherOrganization;

impl Snapshot {
    /// The snapshot of a decision's arguments. Instants are kept to the microsecond, as facts and clocks have
    /// them.
    #[must_use]
    pub fn of(
        submission: &Submission,
        features: &TextFeatures,
        context: &Context,
        now: DateTime<Utc>,
    ) -> Self {
        let Context {
            // The trace names the version of the law.
            rules: _,
            org,
            message,
            emergencies,
            pauses,
            own_reservation,
        } = context;
        let MessageFacts {
            conversation,
            lead,
            is_lead_imported,
            recipient,
            scrubs,
            wallet,
        } = message;
        let refs = NumberRefs(&org.numbers);
        let windows = CapacityWindows::in_zone_named(&org.policy.capacity_zone, now);
        let reservation = own_reservation.as_ref();
        Self {
            now,
            submission: SubmissionSnapshot::of(submission, &refs),
            text: features.clone(),
            conversation: ConversationSnapshot::of(conversation, &refs),
            lead: LeadSnapshot::of(lead, *is_lead_imported, &refs),
            recipient: RecipientSnapshot::of(recipient, &refs),
            wallet: WalletSnapshot::of(wallet),
            own_reservation: reservation.map(|own| ReservationSnapshot::of(own, &refs)),
            numbers: (org.numbers.iter())
                .map(|number| NumberState::of(number, &windows, now))
                .collect(),
            campaigns: (org.campaigns.iter())
                .map(|campaign| CampaignState::of(campaign, &windows))
                .collect(),
            scrubs: *scrubs,
            emergencies: emergencies.declared.clone(),
            pauses: PausesSnapshot::of(pauses),
            is_mms: submission.is_mms(),
        }
    }

    /// The instant of the decision.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The lead: the person whom the decision is about.
    #[must_use]
    pub const fn lead_id(&self) -> LeadId {
        self.lead.id()
    }

    /// The arguments of the decision, under `rules`.
    ///
    /// # Errors
    /// [`OtherOrganization`].
    pub fn restore(
        &self,
        organization: &OrganizationSnapshot,
        rules: &'static RuleData,
    ) -> Result<Restored, OtherOrganization> {
        let mut org = organization.restore();
        if org.numbers.len() != self.numbers.len() || org.campaigns.len() != self.campaigns.len() {
            return Err(OtherOrganization);
        }
        let windows = CapacityWindows::in_zone_named(&org.policy.capacity_zone, self.now);
        for (number, state) in org.numbers.iter_mut().zip(&self.numbers) {
            state.restore(number, &windows, self.now);
        }
        for (campaign, state) in org.campaigns.iter_mut().zip(&self.campaigns) {
            state.restore(campaign, &windows);
        }
        let refs = NumberRefs(&org.numbers);
        let submission = Submission {
            media: self.is_mms.then(some_file).into_iter().collect(),
            ..self.submission.restore(&refs)
        };
        let message = MessageFacts {
            conversation: self.conversation.restore(&refs),
            lead: self
                .lead
                .restore(org.organization_id, submission.to.clone(), &refs),
            is_lead_imported: self.lead.is_imported(),
            recipient: self.recipient.restore(&refs),
            scrubs: self.scrubs,
            wallet: self.wallet.restore(),
        };
        let own_reservation = self.own_reservation.as_ref();
        let own_reservation = own_reservation.map(|own| own.restore(&refs));
        Ok(Restored {
            submission,
            features: self.text.clone(),
            context: Context {
                rules,
                org: Arc::new(org),
                message,
                emergencies: Arc::new(Emergencies {
                    version: 0,
                    declared: self.emergencies.clone(),
                }),
                pauses: self.pauses.restore(),
                own_reservation,
            },
            now: self.now,
        })
    }
}

/// Stands for the files of a message.
fn some_file() -> Media {
    Media {
        url: Text::erased(),
        content_type: None,
        size: None,
        sha256: None,
    }
}

impl PausesSnapshot {
    fn of(pauses: &Pauses) -> Self {
        let Pauses {
            version: _, // Says whether the facts are those of the commit, and decides nothing.
            is_organization_paused,
            numbers,
            campaigns,
        } = pauses;
        Self {
            is_organization_paused: *is_organization_paused,
            numbers: numbers.clone(),
            campaigns: campaigns.clone(),
        }
    }

    fn restore(&self) -> Pauses {
        Pauses {
            version: 0,
            is_organization_paused: self.is_organization_paused,
            numbers: self.numbers.clone(),
            campaigns: self.campaigns.clone(),
        }
    }
}

impl Restored {
    /// The segments of the text to send.
    #[must_use]
    pub fn segments(&self) -> u32 {
        Wording::of(&self.submission, &self.features, &self.context).segments
    }

    /// The decision on these arguments by this build. A send plan's text is made of nothing and means
    /// nothing.
    #[must_use]
    pub fn judge(&self) -> Decided {
        decide_on(&self.submission, &self.features, &self.context, self.now)
    }
}
