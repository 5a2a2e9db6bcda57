//! People who text in, and what operators and jobs do about it.

use sms_application::Resolution;
use sms_domain::ids::ConversationId;
use telnyx_sim::{InboundText, Mms};

use crate::app::TestApp;
use crate::tenant::Tenant;

impl TestApp {
    /// A person texts a number, and the carrier tells us.
    ///
    /// # Panics
    /// When the simulator cannot keep the text.
    pub async fn text_in(&self, from: &str, to: &str, text: &str) {
        self.mms_in(from, to, text, Mms::default()).await;
    }

    /// A person sends an MMS.
    ///
    /// # Panics
    /// When the simulator cannot keep it.
    pub async fn mms_in(&self, from: &str, to: &str, text: &str, mms: Mms) {
        let text = InboundText {
            from: from.to_owned(),
            to: to.to_owned(),
            text: text.to_owned(),
            mms,
            messaging_profile_id: None,
            autoresponse: true,
        };
        self.carrier.receive(text).unwrap();
        self.carrier_settled().await;
    }

    /// From now on the carrier tells us nothing of texts.
    pub fn lose_texts(&self) {
        self.carrier.set_inbound_webhook_url(None);
    }

    /// Reads the carrier's own opt-out list, as the job does.
    ///
    /// # Panics
    /// When the carrier or the store fails.
    pub async fn mirror_opt_outs(&self) {
        self.system.upkeep.mirror.mirror().await.unwrap();
    }

    /// Replays the events that belonged to nothing, as the command does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn replay_events(&self) {
        self.system.upkeep.replay.replay().await.unwrap();
    }

    /// The received messages of all threads that wait for review.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn texts_in_review(&self) -> Vec<String> {
        let reviews = self
            .system
            .upkeep
            .opt_outs
            .reviews(None, 100)
            .await
            .unwrap();
        let texts = reviews.into_iter().flat_map(|review| review.texts);
        texts.map(|text| text.message_id.to_string()).collect()
    }

    /// Somebody has read the text in the conversation, and it is no opt-out.
    ///
    /// # Panics
    /// When the store fails, or nothing waits for review.
    pub async fn dismiss_review(&self, tenant: &Tenant, conversation: ConversationId) {
        let opt_outs = &self.system.upkeep.opt_outs;
        let settled = opt_outs.resolve(tenant.organization_id, conversation, Resolution::Dismiss);
        assert!(settled.await.unwrap(), "nothing waits for review");
    }
}
