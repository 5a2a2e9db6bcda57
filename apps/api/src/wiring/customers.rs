//! Calls to customers, behind their port. It must not know the use cases.

use std::sync::Arc;

use sms_domain::ports::OutboundCalls;
use sms_outbound::{OutboundHttp, OutboundLimits, Reach};

/// How calls to URLs of customers are made.
#[derive(Clone)]
pub struct Outbound(pub Arc<dyn OutboundCalls>);

impl Outbound {
    /// Calls to public addresses, or to any address where a developer's receiver is on this machine.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(allow_private: bool) -> anyhow::Result<Self> {
        let reach = if allow_private {
            Reach::PrivateToo
        } else {
            Reach::Public
        };
        let calls = OutboundHttp::new(reach, OutboundLimits::default())?;
        Ok(Self(Arc::new(calls)))
    }
}
