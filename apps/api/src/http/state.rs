//! What the HTTP application is given: the use cases behind its routes, and what a request may take up. It
//! must not know which adapters answer.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use sms_application::{
    CampaignService, CancelService, EndpointService, LeadService, MediaAddresses, MediaService,
    NumberService, OwnNumberService, PauseService, PreviewService, SendService, SourceService,
    SuppressionService, WebhookService,
};
use sms_domain::ports::{
    ApiKeyRepository, Clock, IdGenerator, OverviewRepository, PageTokens, ReadModel, Unavailable,
    UsageRepository, WalletRepository,
};

use super::dto::MessageMediaAttachment;

/// Everything the application is wired to.
#[derive(Clone)]
pub struct AppState {
    pub use_cases: UseCases,
    /// What people look at.
    pub reads: Arc<dyn ReadModel>,
    /// The campaigns of organizations.
    pub campaigns: Arc<dyn CampaignService>,
    /// The numbers of organizations.
    pub own_numbers: Arc<dyn OwnNumberService>,
    /// What waits.
    pub overview: Arc<dyn OverviewRepository>,
    /// Pausing and resuming.
    pub pauses: Arc<dyn PauseService>,
    /// What organizations have left.
    pub wallets: Arc<dyn WalletRepository>,
    /// What messages come to.
    pub usage: Arc<dyn UsageRepository>,
    /// Whether requests can be served.
    pub readiness: Arc<dyn Readiness>,
    pub keys: Arc<dyn ApiKeyRepository>,
    /// Tokens between the pages of lists.
    pub page_tokens: Arc<dyn PageTokens>,
    /// Addresses of files.
    pub files: MediaAddresses,
    pub clock: Arc<dyn Clock>,
    /// Ids of requests.
    pub ids: Arc<dyn IdGenerator>,
    /// What a request may take up.
    pub limits: Limits,
    /// Where the pages about problems are published, without a slash at the end; empty = here.
    pub problem_base: String,
}

/// The use cases behind the routes, as traits: tests of the HTTP layer put in ones that hang, panic, fail, or
/// answer one of each thing. Commands call them too.
#[derive(Clone)]
pub struct UseCases {
    /// Takes messages and drafts.
    pub send: Arc<dyn SendService>,
    pub cancel: Arc<dyn CancelService>,
    /// Says what would become of a message.
    pub preview: Arc<dyn PreviewService>,
    /// Chooses the number to send from.
    pub numbers: Arc<dyn NumberService>,
    /// Takes the provider's webhooks.
    pub webhooks: Arc<dyn WebhookService>,
    /// Manages sources of leads.
    pub sources: Arc<dyn SourceService>,
    /// Takes uploads, and reads files.
    pub media: Arc<dyn MediaService>,
    /// Takes leads in.
    pub leads: Arc<dyn LeadService>,
    /// Keeps the opt-out list for the business.
    pub suppressions: Arc<dyn SuppressionService>,
    /// Manages endpoints for events.
    pub endpoints: Arc<dyn EndpointService>,
}

impl AppState {
    /// Gives the files of an answer addresses that are valid from now on.
    pub(crate) fn renew(&self, media: &mut [MessageMediaAttachment]) {
        let now = self.clock.now();
        media
            .iter_mut()
            .for_each(|file| file.renew(&self.files, now));
    }
}

/// Whether requests can be served.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks the store.
    ///
    /// # Errors
    /// [`Unavailable`] when it does not answer.
    async fn ready(&self) -> Result<(), Unavailable>;
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
