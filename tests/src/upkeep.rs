//! What jobs do with the store, and operators with single messages.

use sms_api::commands::retry::retry;
use sms_application::Retained;

use crate::app::TestApp;
use crate::tenant::Tenant;

impl TestApp {
    /// Erases and removes what is not kept any longer, as the job does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn retain(&self) -> Retained {
        self.system.retention.pass().await.unwrap()
    }

    /// Looks at the numbers' health and paces, as the job does.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn look_at_numbers(&self) {
        self.system.upkeep.numbers.look().await.unwrap();
    }

    /// An operator sends a message again; what the command says, or why it could not.
    ///
    /// # Errors
    /// In words for the operator.
    ///
    /// # Panics
    /// When the id is no id.
    pub async fn retry(&self, tenant: &Tenant, id: &str) -> Result<String, String> {
        let id = id.parse().unwrap();
        let said = retry(&self.system, tenant.organization_id, id, false).await;
        said.map_err(|error| error.to_string())
    }
}
