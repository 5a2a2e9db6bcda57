//! Loading the facts of decisions.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::Context;
use crate::message::Message;
use crate::values::ids::{ConversationId, MessageId, OrganizationId};

/// What to load facts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsRequest {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The thread that the message is for.
    pub conversation_id: ConversationId,
    /// The message to submit again, or to decide again.
    pub message_id: Option<MessageId>,
    /// The client's idempotency key.
    pub idempotency_key: Option<String>,
    /// The present instant: keys that expired by then are unknown.
    pub now: DateTime<Utc>,
    /// Facts about the organization may be up to a second old, unless this is set: a commit lost a
    /// race on them.
    pub must_be_fresh: bool,
}

/// The facts for one request.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What `decide` looks at; still counts the message itself where it exists.
    pub context: Option<Context>,
    /// The message named by `message_id`.
    pub message: Option<Message>,
    /// What the idempotency key stands for.
    pub replay: Option<Replay>,
}

/// An unexpired idempotency key and the message it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The hash of the command it was used with.
    pub request_hash: Vec<u8>,
    /// How the hash was made.
    pub hash_version: i16,
    /// The message as it is now.
    pub message: Message,
}

/// Where facts come from.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FactsRepository: Send + Sync {
    /// Loads the facts of many requests at once, answers in the order of the requests.
    ///
    /// An unknown conversation MUST answer without a context, and another organization's thing MUST
    /// look unknown. The recipient's version MUST be read no later than anything that it guards.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn load(&self, requests: Vec<FactsRequest>) -> Result<Vec<Facts>, Unavailable>;
}
