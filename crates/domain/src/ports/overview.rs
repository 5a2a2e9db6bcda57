//! What waits in an organization's queue, for people.

use async_trait::async_trait;

use super::Unavailable;
use crate::message::Message;
use crate::values::ids::OrganizationId;

/// What waits in an organization's queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueOverview {
    /// How many messages are scheduled, among the first [`QueueOverview::MOST_COUNTED`] that wait.
    pub scheduled: u32,
    /// The messages that were decided last and still wait, the latest first, at most
    /// [`QueueOverview::MOST_SHOWN`].
    pub recent: Vec<Message>,
}

impl QueueOverview {
    /// The most messages that are looked at.
    pub const MOST_COUNTED: u32 = 10_000;
    /// The most messages that are shown.
    pub const MOST_SHOWN: u32 = 20;
}

/// Access to what waits.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OverviewRepository: Send + Sync {
    /// What waits in the queue of an organization. MUST look at no more than
    /// [`QueueOverview::MOST_COUNTED`] messages.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn queue(&self, organization_id: OrganizationId) -> Result<QueueOverview, Unavailable>;
}
