//! Removal of a message from the facts about its surroundings. Must not know any rule.

use super::lanes::Lanes;
use super::message::Message;
use crate::facts::Context;

impl Message {
    /// The facts without the message itself: its hold, its reservation and its entry among recent
    /// messages are excluded, so that a redecision does not count the message against itself.
    #[must_use]
    pub fn left_out_of(&self, mut context: Context) -> Context {
        let wallet = &mut context.message.wallet;
        wallet.held = wallet.held.minus(self.billing.hold);
        context
            .message
            .recipient
            .recent
            .retain(|sent| sent.message_id != self.id);
        context.own_reservation = self.reservation;
        context
    }

    /// Whether the message may be sent at once after a claim through `claimed_through`, possibly
    /// before its number was chosen or through the lanes of another number: every lane of the message
    /// that has a pace must be among them, so that the lane has counted it.
    #[must_use]
    pub fn passes_lanes(&self, context: &Context, claimed_through: Option<&Lanes>) -> bool {
        let Some(own) = self.lanes() else {
            return true;
        };
        let passed = |is_same: fn(&Lanes, &Lanes) -> bool| {
            claimed_through.is_some_and(|through| is_same(through, &own))
        };
        (!is_number_paced(context, &own) || passed(|a, b| a.number_id == b.number_id))
            && (!is_campaign_paced(context, &own) || passed(|a, b| a.campaign_id == b.campaign_id))
            && (!is_account_paced(context, &own) || passed(|a, b| a.account == b.account))
    }
}

fn is_number_paced(context: &Context, lanes: &Lanes) -> bool {
    let mut numbers = context.org.numbers.iter();
    numbers.any(|number| number.id == lanes.number_id && number.minute_limit.is_some())
}

fn is_campaign_paced(context: &Context, lanes: &Lanes) -> bool {
    let mut campaigns = context.org.campaigns.iter();
    campaigns
        .any(|campaign| Some(campaign.id) == lanes.campaign_id && campaign.minute_limit.is_some())
}

fn is_account_paced(context: &Context, lanes: &Lanes) -> bool {
    context.org.paced_accounts.contains(&lanes.account)
}
