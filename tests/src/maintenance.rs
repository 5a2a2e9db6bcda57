//! Background jobs on the store, and operators' commands for single messages.

use std::sync::Arc;

use sms_api::commands::retry::retry;
use sms_application::Retained;
use sms_domain::ports::WebhookQueue;

use crate::app::TestApp;
use crate::tenant::Tenant;

impl TestApp {
    /// Posts every event that is due, and waits for the answers.
    ///
    /// # Panics
    /// When the store fails, or an event never stops being due.
    pub async fn tell(&self) {
        let webhooks = self.system.webhook_loop();
        for _ in 0..100 {
            if webhooks.run_once().await.unwrap() == 0 {
                return;
            }
        }
        panic!("webhooks come to no end");
    }

    /// What endpoints are to be told.
    #[must_use]
    pub fn webhook_queue(&self) -> Arc<dyn WebhookQueue> {
        self.system.stores().webhooks.clone()
    }

    /// Erases and removes data whose retention has ended, as the job does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn retain(&self) -> Retained {
        self.system.retention.pass().await.unwrap()
    }

    /// Updates the numbers' health and rate limits, as the job does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn look_at_numbers(&self) {
        self.system.maintenance.numbers.look().await.unwrap();
    }

    /// Reads the files that leads sent, as the job does, and returns of how many messages.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn fetch_media(&self) -> usize {
        self.system.received_media.round().await.unwrap()
    }

    /// Turns and wakes what waits after a pause or a resumption, as the job does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn follow_pauses(&self) -> usize {
        self.system.follow_pauses.round().await.unwrap()
    }

    /// Resends a message as the operator's command does, and returns the command's output.
    ///
    /// # Errors
    /// The error message for the operator.
    ///
    /// # Panics
    /// When `id` is not an id.
    pub async fn retry(&self, tenant: &Tenant, id: &str) -> Result<String, String> {
        let id = id.parse().unwrap();
        let said = retry(&self.system, tenant.organization_id, id, false).await;
        said.map_err(|error| error.to_string())
    }
}
