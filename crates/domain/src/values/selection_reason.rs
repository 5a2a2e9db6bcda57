//! The strategies of number selection, by their published names.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The strategy that chose the number, in the order of the published enum. Strategies are tried
    /// in a different order.
    SelectionReason {
        /// The conversation keeps its number.
        StickyConversation = "StickyConversation",
        /// The number is assigned to the lead or to the lead's owner.
        LeadAssigned = "LeadAssigned",
        /// The number is routed to the campaign or to the source.
        CampaignOrSource = "CampaignOrSource",
        /// The number is on the organization's list of preferred numbers.
        Preferred = "Preferred",
        /// The number is near the lead.
        LocalArea = "LocalArea",
        /// The number has the best score of all that may be used.
        HealthyPool = "HealthyPool",
        /// The number is the organization's default.
        FallbackDefault = "FallbackDefault",
        /// A user chose the number.
        ManualOverride = "ManualOverride",
    }
}
