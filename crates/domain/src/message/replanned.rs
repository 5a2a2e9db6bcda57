//! Whether what is to be sent changed: the submission, or what a decision chose for it. A store keeps it apart
//! from the message's state, which every change writes.

use super::message::{Message, State};
use super::timeline::Schedule;

impl Message {
    /// Whether what is to be sent differs from the stored message, as which `before` was read: the
    /// submission, or what a decision chose.
    #[must_use]
    pub fn is_replanned_since(&self, before: &Self) -> bool {
        self.is_resubmitted
            || before.is_resubmitted
            || self.submission != before.submission
            || self.route != before.route
            || self.reservation != before.reservation
            || self.billing.quote != before.billing.quote
            || self.compliance != before.compliance
            || self.schedule() != before.schedule()
    }

    /// For what the message waits or last waited.
    #[must_use]
    pub const fn schedule(&self) -> Option<Schedule> {
        match self.parts.state {
            State::Scheduled(schedule) => Some(schedule),
            State::Draft
            | State::Queued { .. }
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
            | State::Canceled(_) => self.parts.timeline.scheduled,
        }
    }
}
