//! Why a number was chosen, by the published names.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The strategy that chose the number, in the order of the published enum. The order in which
    /// strategies are tried is another one.
    SelectionReason {
        /// The conversation goes on from the number it ran on.
        StickyConversation = "StickyConversation",
        /// The lead's, or its owner's, number.
        LeadAssigned = "LeadAssigned",
        /// A number routed to the campaign or the source.
        CampaignOrSource = "CampaignOrSource",
        /// From the organization's list of preferred numbers.
        Preferred = "Preferred",
        /// A number near the lead.
        LocalArea = "LocalArea",
        /// The best of the pool.
        HealthyPool = "HealthyPool",
        /// The organization's default number.
        FallbackDefault = "FallbackDefault",
        /// The user chose it.
        ManualOverride = "ManualOverride",
    }
}
