//! People who text in, and the operators' commands and jobs that follow.

use sms_api::cli::Command;
use sms_api::config::{Config, Needs};
use sms_application::Resolution;
use sms_domain::ports::{AuditQuery, AuditRecord};
use sms_domain::values::ids::ConversationId;
use sms_testkit::fixtures;
use telnyx_sim::{InboundText, Mms};

use crate::app::TestApp;
use crate::tenant::Tenant;

impl TestApp {
    /// Sends a text from a person to a number; the carrier sends the webhook.
    ///
    /// # Panics
    /// When the simulator cannot keep the text.
    pub async fn text_in(&self, from: &str, to: &str, text: &str) {
        self.mms_in(from, to, text, Mms::default()).await;
    }

    /// Sends an MMS from a person.
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

    /// Stops the carrier's webhooks about texts.
    pub fn lose_texts(&self) {
        self.carrier.set_inbound_webhook_url(None);
    }

    /// Resumes the carrier's webhooks about texts.
    pub fn hear_texts(&self) {
        let url = format!("{}/webhooks/telnyx", self.base_url);
        self.carrier.set_inbound_webhook_url(Some(&url));
    }

    /// Reads the carrier's own opt-out list, as the job does.
    ///
    /// # Panics
    /// When the carrier or the store fails.
    pub async fn mirror_opt_outs(&self) {
        self.system.maintenance.mirror.mirror().await.unwrap();
    }

    /// Replays unmatched events, as the command does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn replay_events(&self) {
        self.system.maintenance.replay.replay().await.unwrap();
    }

    /// The received messages of all threads that wait for review.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn texts_in_review(&self) -> Vec<String> {
        let reviews = self
            .system
            .maintenance
            .opt_outs
            .reviews(None, 100)
            .await
            .unwrap();
        let texts = reviews.into_iter().flat_map(|review| review.texts);
        texts.map(|text| text.message_id.to_string()).collect()
    }

    /// Runs an operator's command on a machine that is configured with the database only.
    ///
    /// # Errors
    /// The error that the operator sees.
    pub async fn operate(&self, command: Command) -> anyhow::Result<()> {
        let vars = [("DATABASE_URL".to_owned(), self.database_url().to_owned())];
        let config = Config::from_vars(Needs::Store, vars)?;
        sms_api::commands::perform(&config, command).await
    }

    /// The audit log, oldest first.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn audit_log(&self) -> Vec<AuditRecord> {
        let query = AuditQuery {
            limit: 1000,
            ..AuditQuery::default()
        };
        self.system.stores().audit.list_audit(query).await.unwrap()
    }

    /// Resolves the review of a conversation: the text is not an opt-out.
    ///
    /// # Panics
    /// When the store fails, or nothing waits for review.
    pub async fn dismiss_review(&self, tenant: &Tenant, conversation: ConversationId) {
        let opt_outs = &self.system.maintenance.opt_outs;
        let settled = opt_outs.resolve(
            tenant.organization_id,
            conversation,
            Resolution::Dismiss,
            fixtures::operator(),
        );
        assert!(settled.await.unwrap(), "nothing waits for review");
    }
}
