//! Sending, saving, withdrawing and explaining messages.

use poem::Request;
use poem_openapi::param::{Header, Path};
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::Accepted;
use sms_domain::message::Message;

use super::{Body, Changed, Found, Tag, batch, known_id};
use crate::http::auth::{Authorized, SmsRead, SmsWrite};
use crate::http::dto::{
    DecisionResponse, PreviewSmsRequest, PreviewSmsResponse, SendBatchRequest, SendBatchResponse,
    SendSmsRequest, SmsResponse,
};
use crate::http::payload::{Json, StrictJson};
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on messages.
pub(super) struct SmsApi(pub(super) AppState);

/// A message that was taken.
#[derive(ApiResponse)]
enum Created {
    /// The sms response was created successfully.
    #[oai(status = 201)]
    Message(
        Json<SmsResponse>,
        /// `true` when the idempotency key was used before: nothing new was made, and the message
        /// is shown as it is now.
        #[oai(header = "Idempotent-Replayed")]
        Option<String>,
    ),
}

/// What became of each message of a batch.
#[derive(ApiResponse)]
enum Batched {
    /// What became of each message, in the order of the request.
    #[oai(status = 200)]
    Results(Json<SendBatchResponse>),
}

/// A message.
#[derive(ApiResponse)]
enum Shown {
    /// The message as it is now.
    #[oai(status = 200)]
    Message(Json<SmsResponse>),
}

/// What would become of a message.
#[derive(ApiResponse)]
enum Previewed {
    /// What would become of the message.
    #[oai(status = 200)]
    Preview(Json<PreviewSmsResponse>),
}

/// Why a message was allowed or not.
#[derive(ApiResponse)]
enum Explained {
    /// The decisions about the message.
    #[oai(status = 200)]
    Decisions(Json<DecisionResponse>),
}

impl SmsApi {
    fn shown(&self, message: &Message) -> Json<SmsResponse> {
        let mut shown = SmsResponse::from(message);
        self.0.renew(&mut shown.media);
        Json(shown)
    }

    fn created(&self, accepted: &Accepted) -> Created {
        let replayed = accepted.is_replayed.then(|| "true".to_owned());
        Created::Message(self.shown(&accepted.message), replayed)
    }
}

#[OpenApi]
impl SmsApi {
    /// Sends an SMS message.
    ///
    /// Judges the message by every rule, chooses the number and sets the price aside, all before
    /// the answer. A message that must wait or is refused is created as well: its status,
    /// statusReason and complianceAction say so. With the smsEventId of a draft, of a scheduled
    /// message or of one that was blocked before any attempt, the request replaces that message;
    /// with that of a failed or undeliverable one and the same text, it starts a new attempt.
    #[oai(
        path = "/sms/send",
        method = "post",
        tag = "Tag::Sms",
        operation_id = "Sms_Send"
    )]
    async fn send(
        &self,
        caller: Authorized<SmsWrite>,
        /// Makes repeating the request harmless for 24 hours: at most 255 characters. The same as
        /// the member outboundIdempotencyKey.
        #[oai(name = "Idempotency-Key")]
        _idempotency_key: Header<Option<String>>,
        StrictJson(request): StrictJson<SendSmsRequest>,
    ) -> Result<Created, Failure<Body>> {
        let command = request.command(caller.sender);
        let accepted = self.0.use_cases.send.send(command).await?;
        Ok(self.created(&accepted))
    }

    /// Sends up to 500 messages, each by itself.
    ///
    /// As many requests to send a message, in one: each item is taken or refused for itself, and counts against
    /// the limit of requests. Messages of one conversation are sent in their order. Repeating the batch is
    /// harmless for 24 hours, because each item has its own key. At most 2 MiB.
    #[oai(
        path = "/sms/batch",
        method = "post",
        tag = "Tag::Sms",
        operation_id = "Sms_SendBatch"
    )]
    async fn send_batch(
        &self,
        request: &Request,
        caller: Authorized<SmsWrite>,
        StrictJson(items): StrictJson<SendBatchRequest>,
    ) -> Result<Batched, Failure<Body>> {
        let (service, base) = (self.0.use_cases.send.as_ref(), &self.0.problem_base);
        let mut results = batch::send(service, request, caller.sender, items, base).await?;
        let messages = results
            .items
            .iter_mut()
            .filter_map(|item| item.message.as_mut());
        messages.for_each(|message| self.0.renew(&mut message.media));
        Ok(Batched::Results(Json(results)))
    }

    /// Saves a message as a draft.
    ///
    /// Nothing is judged, reserved or charged. Sending takes the draft's id as smsEventId.
    #[oai(
        path = "/sms/drafts",
        method = "post",
        tag = "Tag::Sms",
        operation_id = "Sms_SaveDraft"
    )]
    async fn save_draft(
        &self,
        caller: Authorized<SmsWrite>,
        /// Makes repeating the request harmless for 24 hours: at most 255 characters. The same as
        /// the member outboundIdempotencyKey; sending and saving share the keys.
        #[oai(name = "Idempotency-Key")]
        _idempotency_key: Header<Option<String>>,
        StrictJson(request): StrictJson<SendSmsRequest>,
    ) -> Result<Created, Failure<Body>> {
        let command = request.draft(caller.sender);
        let accepted = self.0.use_cases.send.save_draft(command).await?;
        Ok(self.created(&accepted))
    }

    /// Shows what would become of a message.
    ///
    /// The same judgement as for sending, at any instant, with every rule's word, every number's
    /// fate, the size of the text and the price. Nothing is written.
    #[oai(
        path = "/sms/preview",
        method = "post",
        tag = "Tag::Sms",
        operation_id = "Sms_Preview"
    )]
    async fn preview(
        &self,
        caller: Authorized<SmsWrite>,
        StrictJson(request): StrictJson<PreviewSmsRequest>,
    ) -> Result<Previewed, Failure<Body>> {
        let command = request.message.command(caller.sender);
        let preview = self
            .0
            .use_cases
            .preview
            .preview(&command, request.at)
            .await?;
        Ok(Previewed::Preview(Json((&preview).into())))
    }

    /// Cancels a message that did not leave yet.
    ///
    /// Drafts, waiting messages and those that were blocked before any attempt can be canceled.
    /// Canceling again changes nothing.
    #[oai(
        path = "/sms/:smsEventId/cancel",
        method = "post",
        tag = "Tag::Sms",
        operation_id = "Sms_CancelScheduled"
    )]
    async fn cancel(
        &self,
        caller: Authorized<SmsWrite>,
        /// The message.
        #[oai(name = "smsEventId")]
        sms_event_id: Path<String>,
    ) -> Result<Shown, Failure<Changed>> {
        let id = known_id(&sms_event_id.0)?;
        let message = self
            .0
            .use_cases
            .cancel
            .cancel(caller.sender.organization_id, id)
            .await?;
        Ok(Shown::Message(self.shown(&message)))
    }

    /// Shows the decisions about a message.
    ///
    /// Every rule's word with the facts it looked at, and the numbers that were considered, as they
    /// were when the message was judged.
    #[oai(
        path = "/sms/:smsEventId/decision",
        method = "get",
        tag = "Tag::Sms",
        operation_id = "Sms_GetDecision"
    )]
    async fn decision(
        &self,
        caller: Authorized<SmsRead>,
        /// The message.
        #[oai(name = "smsEventId")]
        sms_event_id: Path<String>,
    ) -> Result<Explained, Failure<Found>> {
        let id = known_id(&sms_event_id.0)?;
        let records = self
            .0
            .reads
            .decisions(caller.sender.organization_id, id)
            .await?;
        let records = records.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        Ok(Explained::Decisions(Json(DecisionResponse::new(
            id, &records,
        ))))
    }
}
