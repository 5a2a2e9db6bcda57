//! What is known about a 10DLC campaign, and which numbers' messages count towards it. Must not know
//! how a campaign is registered.

use crate::facts::{NumberFacts, Usage};
use crate::values::ids::CampaignId;

/// Facts about a campaign, at most a second old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignFacts {
    /// Names it.
    pub id: CampaignId,
    /// The carriers' id of it.
    pub ten_dlc_campaign_id: Option<String>,
    /// Most messages a minute over all its numbers: the pace of its lane; `None` = no limit.
    pub minute_limit: Option<u32>,
    /// Most segments a day over all its numbers; `None` = no limit.
    pub daily_limit: Option<u32>,
    /// How much of its days is taken, in segments.
    pub usage: Usage,
}

impl CampaignFacts {
    /// The campaign towards whose limits a number's messages count: the one that it is routed to,
    /// else the one that it is registered under with the carriers.
    #[must_use]
    pub fn of_number<'c>(campaigns: &'c [Self], number: &NumberFacts) -> Option<&'c Self> {
        let routed = |campaign: &&Self| Some(campaign.id) == number.campaign_id;
        let registered = |campaign: &&Self| {
            campaign.ten_dlc_campaign_id.is_some()
                && campaign.ten_dlc_campaign_id == number.ten_dlc_campaign_id
        };
        let mut all = campaigns.iter();
        all.clone().find(routed).or_else(|| all.find(registered))
    }
}
