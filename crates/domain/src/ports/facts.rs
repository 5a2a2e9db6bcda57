//! Loading the facts for decisions.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::Context;
use crate::message::Message;
use crate::values::ids::{ConversationId, MessageId, OrganizationId};

/// A request for facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsRequest {
    pub organization_id: OrganizationId,
    /// The conversation of the message.
    pub conversation_id: ConversationId,
    /// The message to resubmit or to decide again.
    pub message_id: Option<MessageId>,
    /// The client's idempotency key.
    pub idempotency_key: Option<String>,
    /// The current instant; keys that have expired by then are ignored.
    pub now: DateTime<Utc>,
    /// Whether facts about the organization must be fresh, because a commit lost a race on them.
    /// Otherwise they may be up to a second old.
    pub must_be_fresh: bool,
}

/// The facts for one request.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The facts for `decide`, which still include the message itself if it exists.
    pub context: Option<Context>,
    /// The message with the requested `message_id`.
    pub message: Option<Message>,
    /// The earlier use of the idempotency key, if any.
    pub replay: Option<Replay>,
}

/// An unexpired idempotency key and the message that it created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The hash of the command that used the key.
    pub request_hash: Vec<u8>,
    /// The version of the hash function.
    pub hash_version: i16,
    /// The current message.
    pub message: Message,
}

/// Access to facts.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FactsRepository: Send + Sync {
    /// Loads the facts for many requests at once, in the order of the requests.
    ///
    /// The result for an unknown conversation MUST have no context, and entities of another
    /// organization MUST appear unknown. The recipient's version MUST be read no later than any
    /// data that it guards.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn load(&self, requests: Vec<FactsRequest>) -> Result<Vec<Facts>, Unavailable>;
}
