//! Facts about a 10DLC campaign, and which numbers count towards its limits. Must not know how a
//! campaign is registered.

use crate::facts::{NumberFacts, Usage};
use crate::values::ids::CampaignId;

/// Facts about a campaign, at most a second old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignFacts {
    pub id: CampaignId,
    /// The carriers' id of the campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// The limit per minute in messages over all its numbers, which is the pace of its lane; `None`
    /// = no limit.
    pub minute_limit: Option<u32>,
    /// The daily limit in segments over all its numbers; `None` = no limit.
    pub daily_limit: Option<u32>,
    /// The reserved daily capacity, in segments.
    pub usage: Usage,
}

impl CampaignFacts {
    /// The campaign to whose limits a number's messages count: the campaign to which the number is
    /// routed, or else the one under which it is registered with the carriers.
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
