//! Which carriers there are. It must not know the use cases.

use std::sync::Arc;

use sms_domain::ports::Clock;
use sms_telnyx::{TelnyxConfig, TelnyxGateway, TelnyxWebhooks, Timeouts};

use super::carriers::{Carrier, Carriers};
use crate::config::Config;

impl Carriers {
    /// The carriers of the configured accounts, with receipts sent to `public_base_url`.
    ///
    /// # Errors
    /// An account that cannot be used, or that two carriers claim.
    pub fn configured(
        config: &Config,
        public_base_url: String,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let settings = TelnyxConfig {
            public_base_url,
            accounts: config.accounts.clone(),
            timeouts: Timeouts::default(),
        };
        Ok(Self::new(vec![telnyx(&settings, clock)?])?)
    }

    /// Telnyx alone, or what speaks like it.
    ///
    /// # Errors
    /// [`sms_telnyx::SetupError`] when the configuration cannot be used.
    pub fn telnyx(
        config: &TelnyxConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, sms_telnyx::SetupError> {
        Ok(Self::only(telnyx(config, clock)?))
    }
}

fn telnyx(config: &TelnyxConfig, clock: Arc<dyn Clock>) -> Result<Carrier, sms_telnyx::SetupError> {
    let gateway = Arc::new(TelnyxGateway::new(config, clock)?);
    Ok(Carrier {
        accounts: config.accounts.keys().cloned().collect(),
        webhook_path: "/webhooks/telnyx",
        gateway: gateway.clone(),
        webhooks: Arc::new(TelnyxWebhooks::new(config)),
        opt_outs: Some(gateway),
    })
}
