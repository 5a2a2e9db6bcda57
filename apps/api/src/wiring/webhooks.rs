//! The use cases about events, put over the ports. It must not name an adapter.

use sms_application::{ManageEndpoints, WebhookPorts};

use super::{ClockAndIds, Outbound, Secrets, Stores};

/// Managing endpoints, and what posting events works on.
pub(super) fn over(
    stores: &Stores,
    outbound: Outbound,
    clock_and_ids: &ClockAndIds,
    secrets: &Secrets,
) -> (ManageEndpoints, WebhookPorts) {
    let endpoints = ManageEndpoints {
        endpoints: stores.endpoints.clone(),
        calls: outbound.0.clone(),
        secrets: secrets.webhook_secrets.clone(),
        clock: clock_and_ids.clock.clone(),
        ids: clock_and_ids.ids.clone(),
    };
    let ports = WebhookPorts {
        queue: stores.webhooks.clone(),
        calls: outbound.0,
        secrets: secrets.webhook_secrets.clone(),
        clock: clock_and_ids.clock.clone(),
    };
    (endpoints, ports)
}
