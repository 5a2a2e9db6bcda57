//! What the HTTP application is given: the services behind its routes, and what a request may take
//! up.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::ports::{ApiKeyRepository, Clock, IdGenerator, ReadModel};

use super::service::{NumberService, Readiness, SmsService, WebhookService};

/// Everything the application is wired to.
#[derive(Clone)]
pub struct AppState {
    /// Messages.
    pub sms: Arc<dyn SmsService>,
    /// What people look at.
    pub reads: Arc<dyn ReadModel>,
    /// Numbers to send from.
    pub numbers: Arc<dyn NumberService>,
    /// The provider's notices.
    pub webhooks: Arc<dyn WebhookService>,
    /// Whether requests can be served.
    pub readiness: Arc<dyn Readiness>,
    pub keys: Arc<dyn ApiKeyRepository>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of requests.
    pub ids: Arc<dyn IdGenerator>,
    /// What a request may take up.
    pub limits: Limits,
    /// Where the pages about problems are published, without a slash at the end; empty = here.
    pub problem_base: String,
}

/// What a request may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest body, in bytes. Webhooks may be larger.
    pub body_bytes: usize,
    /// The longest time that a body may take to arrive.
    pub body_time: TimeDelta,
    /// Requests that are served at once; those above are answered 503.
    pub at_once: usize,
    /// The longest time in which a request is served, besides that for its body; then it is answered
    /// 503. It is shorter than the patience of usual clients.
    pub time: Duration,
    /// Requests of one organization in one window; 0 = no limit.
    pub requests: u32,
    /// The length of a window; whole seconds, at least one.
    pub window: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            body_time: TimeDelta::seconds(10),
            at_once: 1024,
            time: Duration::from_secs(9),
            requests: 300,
            window: TimeDelta::seconds(60),
        }
    }
}
