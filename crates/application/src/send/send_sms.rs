//! Sending and saving: one request becomes one message, however often the client repeats it.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::content::Media;
use sms_domain::decision::decide;
use sms_domain::facts::Context;
use sms_domain::lifecycle::files::sent_kept_until;
use sms_domain::lifecycle::{
    HistorySource, IdempotencyRecord, MessageChange, Trigger, resubmission,
};
use sms_domain::message::{Message, State, Status, Submission};
use sms_domain::ports::{
    Clock, CommitError, DispatchWaker, Facts, FactsRepository, FactsRequest, IdGenerator,
    MessageRepository, Replay,
};
use sms_domain::values::ids::MessageId;

use crate::TRIES;
use crate::media::OutgoingMedia;
use crate::send::command::{DraftCommand, IdempotencyKey, SendCommand};
use crate::send::conversation_locks::{ConversationLock, ConversationLocks, Crowded};
use crate::send::error::SendError;
use crate::send::submission::{check_references, smart_encoding, submission};

/// Most decisions for one request. While it holds its conversation's lock it can lose races only to new
/// requests, to dispatch and to other processes.
const MOST_TRIES: usize = 10;

/// Lifetime of an idempotency key.
const KEY_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Takes messages, as their organization's clients ask for it.
#[async_trait]
pub trait SendService: Send + Sync {
    /// Decides about a message and commits the decision.
    ///
    /// # Errors
    /// [`SendError`].
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError>;

    /// Saves a message without submitting it.
    ///
    /// # Errors
    /// [`SendError`].
    async fn save_draft(&self, command: DraftCommand) -> Result<Accepted, SendError>;
}

/// Sends and saves messages.
#[derive(Clone)]
pub struct SendSms {
    messages: Arc<dyn MessageRepository>,
    facts: Arc<dyn FactsRepository>,
    waker: Arc<dyn DispatchWaker>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    media: OutgoingMedia,
    locks: ConversationLocks,
}

/// An accepted request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The message in its current state.
    pub message: Message,
    /// Whether the idempotency key was used before, so that no new message was created.
    pub is_replayed: bool,
}

/// Whether a request sends or saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    Send,
    Save,
}

#[async_trait]
impl SendService for SendSms {
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError> {
        self.take(&command, Intent::Send).await
    }

    async fn save_draft(&self, command: DraftCommand) -> Result<Accepted, SendError> {
        self.take(&command.0, Intent::Save).await
    }
}

impl SendSms {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        messages: Arc<dyn MessageRepository>,
        facts: Arc<dyn FactsRepository>,
        waker: Arc<dyn DispatchWaker>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
        media: OutgoingMedia,
    ) -> Self {
        Self {
            messages,
            facts,
            waker,
            clock,
            ids,
            media,
            locks: ConversationLocks::default(),
        }
    }

    async fn take(&self, command: &SendCommand, intent: Intent) -> Result<Accepted, SendError> {
        // Checked before anything is loaded, so that an invalid request costs no round trip.
        command
            .check_alone(self.clock.now())
            .map_err(SendError::Invalid)?;
        if !command.media_urls.is_empty()
            && let Some(replayed) = self.replayed_before(command).await?
        {
            // A replay does not depend on files that may be gone.
            return Ok(replayed);
        }
        let media = self.files_of(command).await?;
        let id = MessageId::new(self.ids.uuid());
        // A new request that skipped the queue would win against all requests in it.
        let mut lock = if self.locks.is_held(command.conversation_id) {
            Some(self.lock(command).await?)
        } else {
            None
        };
        let mut lost = None;
        for attempt in 1..=MOST_TRIES {
            let facts = self.load(command, lost.is_some()).await?;
            if let Some(replay) = facts.replay {
                return replayed(command, replay, facts.context.as_ref());
            }
            let media = media.clone();
            let change = self.change(command, intent, media, facts.context, facts.message, id)?;
            let change = if attempt >= TRIES && lost == Some(CommitError::OverCapacity) {
                change.waiting_for_capacity(self.clock.now())
            } else {
                change
            };
            match self.commit(change).await? {
                Ok(message) => {
                    self.wake_for(&message);
                    return Ok(Accepted {
                        message,
                        is_replayed: false,
                    });
                }
                Err(error) => lost = Some(error),
            }
            if lock.is_none() {
                lock = Some(self.lock(command).await?);
            }
        }
        Err(SendError::Contended)
    }

    /// The answer to a repeated idempotency key.
    async fn replayed_before(&self, command: &SendCommand) -> Result<Option<Accepted>, SendError> {
        if command.idempotency.is_none() {
            return Ok(None);
        }
        let facts = self.load(command, false).await?;
        let replay = facts
            .replay
            .map(|replay| replayed(command, replay, facts.context.as_ref()));
        replay.transpose()
    }

    async fn files_of(&self, command: &SendCommand) -> Result<Vec<Media>, SendError> {
        let organization_id = command.sender.organization_id;
        let (from, until) = (command.scheduled_for, command.valid_until);
        let kept_until = sent_kept_until(from, until, self.clock.now());
        (self
            .media
            .to_send(organization_id, &command.media_urls, kept_until))
        .await
    }

    async fn lock(&self, command: &SendCommand) -> Result<ConversationLock, SendError> {
        let lock = self.locks.hold(command.conversation_id, &self.clock);
        lock.await.map_err(|Crowded| SendError::Crowded)
    }

    async fn load(&self, command: &SendCommand, must_be_fresh: bool) -> Result<Facts, SendError> {
        let request = FactsRequest {
            organization_id: command.sender.organization_id,
            conversation_id: command.conversation_id,
            message_id: command.sms_event_id,
            idempotency_key: command.idempotency.as_ref().map(|key| key.key.clone()),
            now: self.clock.now(),
            must_be_fresh,
        };
        let facts = self.facts.load(vec![request]).await?;
        facts.into_iter().next().ok_or(SendError::Contended)
    }

    fn change(
        &self,
        command: &SendCommand,
        intent: Intent,
        media: Vec<Media>,
        context: Option<Context>,
        existing: Option<Message>,
        id: MessageId,
    ) -> Result<MessageChange, SendError> {
        let now = self.clock.now();
        let context =
            context.ok_or_else(|| SendError::unknown("conversationId", "conversation"))?;
        check_references(command, &context)?;
        let body = command
            .check(smart_encoding(&context), now)
            .map_err(SendError::Invalid)?;
        let submission = submission(command, &body, media, &context, now);
        let submission = resubmission::with_own_text(submission, existing.as_ref(), &context);
        let (message, trigger) = self.target(command, existing, submission, id, now)?;
        let context = message.left_out_of(context);
        let mut change = match intent {
            Intent::Send => judge(message, trigger, &context, now)?,
            Intent::Save => saved(message, now)?,
        };
        change.idempotency = command.idempotency.as_ref().map(|key| record(key, now));
        Ok(change)
    }

    /// The request's message: a new one, or the existing one with the new submission.
    fn target(
        &self,
        command: &SendCommand,
        existing: Option<Message>,
        submission: Submission,
        id: MessageId,
        now: DateTime<Utc>,
    ) -> Result<(Message, Trigger), SendError> {
        let Some(_) = command.sms_event_id else {
            let organization_id = command.sender.organization_id;
            let message = Message::new(organization_id, id, submission, now);
            return Ok((message, Trigger::Judged));
        };
        let existing = existing.ok_or_else(|| SendError::unknown("smsEventId", "message"))?;
        resubmission::check(&existing, &submission)?;
        let trigger = Trigger::Resubmitted {
            is_forced: command.is_forced,
        };
        Ok((existing.with_submission(submission), trigger))
    }

    async fn commit(
        &self,
        change: MessageChange,
    ) -> Result<Result<Message, CommitError>, SendError> {
        // Ids come from us, so repeating a commit of unknown outcome is safe: once.
        let results = match self.messages.commit(vec![change.clone()]).await {
            Ok(results) => results,
            Err(_) => self.messages.commit(vec![change]).await?,
        };
        Ok(results
            .into_iter()
            .next()
            .unwrap_or(Err(CommitError::Conflict)))
    }

    fn wake_for(&self, message: &Message) {
        if matches!(message.state, State::Queued { .. }) {
            self.waker.wake();
        }
    }
}

/// Answers a repeated idempotency key with the message that it made.
fn replayed(
    command: &SendCommand,
    replay: Replay,
    context: Option<&Context>,
) -> Result<Accepted, SendError> {
    let is_same = command.idempotency.as_ref().is_some_and(|key| {
        key.request_hash == replay.request_hash && key.hash_version == replay.hash_version
    });
    let requested = context.map(|context| command.sender.traffic(context.org.kind));
    let made = replay.message.submission.traffic;
    if is_same && resubmission::may_answer(made, requested) {
        Ok(Accepted {
            message: replay.message,
            is_replayed: true,
        })
    } else {
        Err(SendError::KeyReused)
    }
}

fn judge(
    message: Message,
    trigger: Trigger,
    context: &Context,
    now: DateTime<Utc>,
) -> Result<MessageChange, SendError> {
    let decided = decide(&message.submission, context, now);
    MessageChange::judged(message, trigger, &decided, context, HistorySource::Api, now)
        .map_err(|refused| not_while(refused.status))
}

fn saved(message: Message, now: DateTime<Utc>) -> Result<MessageChange, SendError> {
    MessageChange::drafted(message, now).map_err(|refused| not_while(refused.status))
}

fn not_while(status: Status) -> SendError {
    SendError::invalid("smsEventId", format!("the message is {status}"))
}

fn record(key: &IdempotencyKey, now: DateTime<Utc>) -> IdempotencyRecord {
    IdempotencyRecord {
        key: key.key.clone(),
        request_hash: key.request_hash.clone(),
        hash_version: key.hash_version,
        expires_at: now.checked_add_signed(KEY_LIFETIME).unwrap_or(now),
    }
}
