//! Lanes: a message leaves when each of its lanes has room. Must not know any pace.

use super::message::{Message, State};
use crate::values::ProviderAccount;
use crate::values::ids::{CampaignId, PhoneNumberId};

/// The lanes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    /// Of its number.
    pub number_id: PhoneNumberId,
    /// Of the number's campaign, if it belongs to one.
    pub campaign_id: Option<CampaignId>,
    /// Of the provider's account.
    pub account: ProviderAccount,
}

impl Message {
    /// The lanes in which the message waits; `None` unless it is queued.
    #[must_use]
    pub fn lanes(&self) -> Option<Lanes> {
        let route = self.route.as_ref();
        let route = route.filter(|_| matches!(self.state, State::Queued { .. }))?;
        Some(Lanes {
            number_id: route.number_id,
            campaign_id: self
                .reservation
                .and_then(|held| held.campaign)
                .map(|share| share.campaign_id),
            account: route.account.clone(),
        })
    }
}
