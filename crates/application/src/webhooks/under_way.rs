//! How many calls are under way for each endpoint, so that one that answers slowly takes no more than its
//! share. Must not know how deliveries are found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sms_domain::values::ids::WebhookEndpointId;
use tokio::sync::Notify;

/// The calls of all endpoints.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    calls: Mutex<HashMap<WebhookEndpointId, usize>>,
    ended: Notify,
}

impl UnderWay {
    /// The calls by endpoint.
    pub(super) fn by_endpoint(&self) -> Vec<(WebhookEndpointId, usize)> {
        self.lock()
            .iter()
            .map(|(id, calls)| (*id, *calls))
            .collect()
    }

    /// Counts a call until the returned value is dropped.
    pub(super) fn begin(self: &Arc<Self>, endpoint_id: WebhookEndpointId) -> OneCall {
        let mut calls = self.lock();
        let count = calls.entry(endpoint_id).or_default();
        *count = count.saturating_add(1);
        OneCall {
            endpoint_id,
            under_way: Arc::clone(self),
        }
    }

    /// Returns once a call has ended.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }

    fn end(&self, endpoint_id: WebhookEndpointId) {
        let mut calls = self.lock();
        if let Some(count) = calls.get_mut(&endpoint_id) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                calls.remove(&endpoint_id);
            }
        }
        drop(calls);
        self.ended.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<WebhookEndpointId, usize>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call under way.
#[derive(Debug)]
pub(super) struct OneCall {
    endpoint_id: WebhookEndpointId,
    under_way: Arc<UnderWay>,
}

impl Drop for OneCall {
    fn drop(&mut self) {
        self.under_way.end(self.endpoint_id);
    }
}

#[cfg(test)]
mod tests {
    use sms_testkit::sequential_uuid;

    use super::*;

    #[test]
    fn a_call_counts_until_it_is_dropped() {
        let under_way = Arc::new(UnderWay::default());
        let endpoint = WebhookEndpointId::new(sequential_uuid(1));
        let calls = [under_way.begin(endpoint), under_way.begin(endpoint)];
        assert_eq!(under_way.by_endpoint(), [(endpoint, 2)]);
        drop(calls);
        assert_eq!(under_way.by_endpoint(), []);
    }
}
