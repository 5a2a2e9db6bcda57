//! Telnyx behind the ports of the carrier. It must not know the use cases.

use std::sync::Arc;

use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{Clock, OptOutFeed, SmsGateway, WebhookReader};
use sms_telnyx::{TelnyxConfig, TelnyxGateway, TelnyxWebhooks, Timeouts};

use crate::config::Config;

/// The carrier behind the ports.
#[derive(Clone)]
pub struct Carrier {
    /// Handing messages over.
    pub gateway: Arc<dyn SmsGateway>,
    /// Reading webhooks.
    pub webhooks: Arc<dyn WebhookReader>,
    /// Reading the carrier's own opt-out list.
    pub opt_outs: Arc<dyn OptOutFeed>,
    /// Our accounts there.
    pub accounts: Vec<ProviderAccount>,
}

impl Carrier {
    /// The configured accounts, with receipts sent to `public_base_url`.
    ///
    /// # Errors
    /// [`sms_telnyx::SetupError`] when an account cannot be used.
    pub fn configured(
        config: &Config,
        public_base_url: String,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, sms_telnyx::SetupError> {
        let config = TelnyxConfig {
            public_base_url,
            accounts: config.accounts.clone(),
            timeouts: Timeouts::default(),
        };
        Self::telnyx(&config, clock)
    }

    /// Telnyx, or what speaks like it.
    ///
    /// # Errors
    /// [`sms_telnyx::SetupError`] when the configuration cannot be used.
    pub fn telnyx(
        config: &TelnyxConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, sms_telnyx::SetupError> {
        let gateway = Arc::new(TelnyxGateway::new(config, clock)?);
        Ok(Self {
            gateway: gateway.clone(),
            webhooks: Arc::new(TelnyxWebhooks::new(config)),
            opt_outs: gateway,
            accounts: config.accounts.keys().cloned().collect(),
        })
    }
}
