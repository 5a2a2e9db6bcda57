//! The published statuses of a message, by their wire names.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The status of a message. The order and the names are those of the published contract.
    Status {
        /// Saved, not submitted.
        Draft = "draft",
        /// Waits for an instant: the client asked for it, or a rule moved it there.
        Scheduled = "scheduled",
        /// Allowed and paid for; leaves as soon as its number's pace allows.
        Queued = "queued",
        /// Handed to the provider; its answer is not known yet.
        Sending = "sending",
        /// The provider took it.
        Sent = "sent",
        /// A text from the lead.
        Received = "received",
        /// The handset confirmed it.
        Delivered = "delivered",
        /// It did not leave, or its outcome stayed unknown.
        Failed = "failed",
        /// It left, and the carrier could not deliver it.
        Undeliverable = "undeliverable",
        /// The recipient said STOP.
        OptedOut = "opted_out",
        /// A compliance rule refuses it.
        BlockedCompliance = "blocked_compliance",
        /// The wallet does not cover it.
        BlockedBilling = "blocked_billing",
        /// Its number's 10DLC registration is not approved.
        BlockedMissingCampaign = "blocked_missing_campaign",
        /// The client withdrew it.
        Canceled = "canceled",
    }
}
