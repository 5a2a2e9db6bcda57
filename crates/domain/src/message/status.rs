//! The published statuses of a message, by their wire names.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The status of a message. The order and the names are those of the published contract.
    Status {
        /// The message is saved and not submitted.
        Draft = "draft",
        /// The message waits for an instant that the client requested or to which a rule deferred
        /// it.
        Scheduled = "scheduled",
        /// The message is allowed and its price held; it is sent as soon as its number's pace
        /// allows.
        Queued = "queued",
        /// The message was handed to the provider; the response is not known yet.
        Sending = "sending",
        /// The provider accepted the message.
        Sent = "sent",
        /// A text from the lead.
        Received = "received",
        /// The handset confirmed delivery.
        Delivered = "delivered",
        /// The message was not sent, or its outcome stayed unknown.
        Failed = "failed",
        /// The message was sent, but the carrier could not deliver it.
        Undeliverable = "undeliverable",
        /// The recipient has opted out.
        OptedOut = "opted_out",
        /// A compliance rule refuses the message.
        BlockedCompliance = "blocked_compliance",
        /// The wallet balance does not cover the price.
        BlockedBilling = "blocked_billing",
        /// The number's 10DLC registration is not approved.
        BlockedMissingCampaign = "blocked_missing_campaign",
        /// The client canceled the message.
        Canceled = "canceled",
    }
}
