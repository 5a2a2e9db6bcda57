//! Lanes: a message is sent when each of its lanes admits it. Must not know any pace.

use super::message::{Message, State};
use crate::values::ProviderAccount;
use crate::values::ids::{CampaignId, PhoneNumberId};

/// The lanes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    /// The lane of the sending number.
    pub number_id: PhoneNumberId,
    /// The lane of the number's campaign, if it belongs to one.
    pub campaign_id: Option<CampaignId>,
    /// The lane of the account at the provider.
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
