//! Whether a claimed message has its turn: it may have been claimed before its number was chosen, or
//! through the lanes of another number. Must not know how lanes keep their pace.

use super::context::Context;
use crate::message::{Lanes, Message};

impl Context {
    /// Whether a message may leave at once that was claimed through some lanes: each lane of its own
    /// that has a pace is one of those, so that its room was counted.
    #[must_use]
    pub fn has_its_turn(&self, message: &Message, claimed_through: Option<&Lanes>) -> bool {
        let Some(own) = message.lanes() else {
            return true;
        };
        let passed = |is_same: fn(&Lanes, &Lanes) -> bool| {
            claimed_through.is_some_and(|through| is_same(through, &own))
        };
        (!self.is_number_paced(&own) || passed(|a, b| a.number_id == b.number_id))
            && (!self.is_campaign_paced(&own) || passed(|a, b| a.campaign_id == b.campaign_id))
            && (!self.is_account_paced(&own) || passed(|a, b| a.account == b.account))
    }

    fn is_number_paced(&self, lanes: &Lanes) -> bool {
        let mut numbers = self.org.numbers.iter();
        numbers.any(|number| number.id == lanes.number_id && number.minute_limit.is_some())
    }

    fn is_campaign_paced(&self, lanes: &Lanes) -> bool {
        let mut campaigns = self.org.campaigns.iter();
        campaigns.any(|campaign| {
            Some(campaign.id) == lanes.campaign_id && campaign.minute_limit.is_some()
        })
    }

    fn is_account_paced(&self, lanes: &Lanes) -> bool {
        self.org.paced_accounts.contains(&lanes.account)
    }
}
