//! Services that know one of each thing, and the application over them.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use poem::test::TestClient;
use poem::{Endpoint, Response};
use sms_api::http::{AppState, Limits, Readiness, UseCases, app};
use sms_application::{
    Accepted, CancelError, CancelService, Candidate, DraftCommand, FieldError, MediaAddresses,
    NumberError, NumberService, NumberSettings, OverrideRequest, PreviewService, Previewed,
    Selection, SelectionRequest, SendCommand, SendError, SendService, Sender, WebhookError,
    WebhookOutcome, WebhookService,
};
use sms_domain::case::features::TextFeatures;
use sms_domain::content::{Segmentation, SmartEncoding};
use sms_domain::decision::{Decided, Trace};
use sms_domain::facts::Pauses;
use sms_domain::lifecycle::LeadIntake;
use sms_domain::message::{Decision, Message, Schedule, State, Status};
use sms_domain::ports::{
    ConversationsOf, LeadsWith, ListQuery, MessagesOf, Unavailable, WebhookRejected, WebhookRequest,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{ConversationId, MessageId, OrganizationId};
use sms_domain::values::reason::Reason;
use sms_domain::values::{Health, SelectionReason};
use sms_testkit::fixtures::{
    conversation_id, message, message_id, message_in, noon, number_id, organization_id, phone,
};
use sms_testkit::{ManualClock, SequentialIds};

use crate::fake_keys::FakeKeys;
use crate::tokens::FakeTokens;

/// What a test may look at and turn.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) service: Arc<FakeService>,
    pub(crate) keys: Arc<FakeKeys>,
    pub(crate) limits: Limits,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            clock: ManualClock::at(noon()),
            service: Arc::default(),
            keys: Arc::default(),
            limits: Limits {
                requests: 0,
                ..Limits::default()
            },
        }
    }

    pub(crate) fn client(&self) -> TestClient<impl Endpoint<Output = Response> + use<>> {
        TestClient::new(app(&AppState {
            use_cases: UseCases {
                send: self.service.clone(),
                cancel: self.service.clone(),
                preview: self.service.clone(),
                numbers: self.service.clone(),
                webhooks: self.service.clone(),
                sources: self.service.clone(),
                leads: self.service.clone(),
                suppressions: self.service.clone(),
                endpoints: self.service.clone(),
                media: self.service.clone(),
            },
            reads: self.service.clone(),
            campaigns: self.service.clone(),
            own_numbers: self.service.clone(),
            overview: self.service.clone(),
            pauses: self.service.clone(),
            wallets: self.service.clone(),
            usage: self.service.clone(),
            readiness: self.service.clone(),
            keys: self.keys.clone(),
            page_tokens: Arc::new(FakeTokens),
            files: MediaAddresses::new("https://sms.example", Arc::new(FakeTokens)),
            clock: Arc::new(self.clock.clone()),
            ids: Arc::new(SequentialIds::default()),
            limits: self.limits,
            problem_base: String::new(),
        }))
    }
}

/// Knows one organization with one conversation, one number and two messages; the second has left.
#[derive(Default)]
pub(crate) struct FakeService {
    /// Every command that was taken.
    pub(crate) commands: Mutex<Vec<SendCommand>>,
    pub(crate) leads: Mutex<Vec<(LeadsWith, ListQuery)>>,
    /// Every intake that was taken or refused.
    pub(crate) intakes: Mutex<Vec<LeadIntake>>,
    /// Every webhook's attempt token and body.
    pub(crate) webhooks: Mutex<Vec<(Option<String>, Vec<u8>)>>,
    /// Every question about a list of messages.
    pub(crate) lists: Mutex<Vec<(MessagesOf, ListQuery)>>,
    pub(crate) conversations: Mutex<Vec<ConversationsOf>>,
    pub(crate) is_down: Mutex<bool>,
    /// Sending never ends.
    pub(crate) hangs: Mutex<bool>,
    /// Every setting of a number that was taken.
    pub(crate) settings: Mutex<Vec<NumberSettings>>,
    /// What is paused.
    pub(crate) pauses: Mutex<Pauses>,
}

fn message_that_left() -> MessageId {
    "01900000-0000-7000-8000-0000000000e2".parse().unwrap()
}

pub(crate) fn down() -> Unavailable {
    Unavailable("the fake is down".into())
}

fn unknown(field: &'static str) -> Vec<FieldError> {
    vec![FieldError {
        field,
        message: "names nothing".to_owned(),
    }]
}

impl FakeService {
    pub(crate) fn up(&self) -> Result<(), Unavailable> {
        if *self.is_down.lock().unwrap() {
            Err(down())
        } else {
            Ok(())
        }
    }

    fn take(&self, command: &SendCommand) -> Result<Accepted, SendError> {
        assert_ne!(command.text, "panic", "told to panic");
        self.up()?;
        command
            .check(SmartEncoding::Off, noon())
            .map_err(SendError::Invalid)?;
        check_ids(command).map_err(|field| SendError::Invalid(unknown(field)))?;
        let key = command.idempotency.as_ref().map(|key| key.key.as_str());
        if key == Some("used") {
            return Err(SendError::KeyReused);
        }
        self.commands.lock().unwrap().push(command.clone());
        Ok(Accepted {
            message: message(),
            is_replayed: key == Some("replay"),
        })
    }
}

fn check_ids(command: &SendCommand) -> Result<(), &'static str> {
    let is_known = command.conversation_id == conversation_id();
    is_known.then_some(()).ok_or("conversationId")?;
    let is_known = command.sms_event_id.is_none_or(|id| id == message_id());
    is_known.then_some(()).ok_or("smsEventId")?;
    let is_known = command
        .from_phone_number_id
        .is_none_or(|id| id == number_id());
    is_known.then_some(()).ok_or("fromPhoneNumberId")?;
    command
        .campaign_id
        .is_none()
        .then_some(())
        .ok_or("campaignId")?;
    command.source_id.is_none().then_some(()).ok_or("sourceId")
}

#[async_trait]
impl SendService for FakeService {
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError> {
        let hangs = *self.hangs.lock().unwrap();
        if hangs {
            std::future::pending::<()>().await;
        }
        self.take(&command)
    }

    async fn save_draft(&self, command: DraftCommand) -> Result<Accepted, SendError> {
        self.take(&command.0)
    }
}

#[async_trait]
impl CancelService for FakeService {
    async fn cancel(
        &self,
        organization: OrganizationId,
        id: MessageId,
    ) -> Result<Message, CancelError> {
        assert_eq!(organization, organization_id());
        if id == message_that_left() {
            return Err(CancelError::TooLate(Status::Sent));
        }
        (id == message_id())
            .then(|| message_in(State::Canceled(Reason::ClientRequested)))
            .ok_or(CancelError::Unknown)
    }
}

#[async_trait]
impl PreviewService for FakeService {
    async fn preview(
        &self,
        command: &SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Previewed, SendError> {
        check_ids(command).map_err(|field| SendError::Invalid(unknown(field)))?;
        let until = noon();
        let trace = Trace {
            rules: Vec::new(),
            number: None,
            others: Vec::new(),
            price: Money::from_micros(20_000),
            earliest: Some(until),
            rules_version: "test".to_owned(),
        };
        let decision = Decision::Defer(Schedule {
            until,
            reason: Reason::QuietHours,
        });
        Ok(Previewed {
            at: at.unwrap_or(noon()),
            decided: Decided {
                decision,
                trace,
                features: TextFeatures::default(),
            },
            segmentation: Segmentation::of(&command.text),
        })
    }
}

#[async_trait]
impl WebhookService for FakeService {
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<WebhookOutcome, WebhookError> {
        if request.header("telnyx-signature-ed25519") != Some("good") {
            return Err(WebhookRejected::Signature("missing").into());
        }
        let notice = (token.map(str::to_owned), request.body.to_vec());
        self.webhooks.lock().unwrap().push(notice);
        Ok(WebhookOutcome::Recorded)
    }
}

fn selection(reason: SelectionReason) -> Selection {
    let number = Candidate {
        id: number_id(),
        phone: phone("+14045550199"),
        health: Health::Limited,
        selection: reason,
        campaign_id: None,
        source_id: None,
    };
    Selection {
        chosen: Some(number.clone()),
        eligible: vec![number],
        obstacle: None,
        is_manual: reason == SelectionReason::ManualOverride,
        campaign_id: None,
        source_id: None,
    }
}

fn known(conversation: Option<ConversationId>) -> Result<(), NumberError> {
    let is_known = conversation.is_none_or(|id| id == conversation_id());
    is_known
        .then_some(())
        .ok_or_else(|| NumberError::Invalid(unknown("conversationId")))
}

#[async_trait]
impl NumberService for FakeService {
    async fn select(
        &self,
        _sender: Sender,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        known(request.conversation_id)?;
        Ok(selection(if request.conversation_id.is_some() {
            SelectionReason::StickyConversation
        } else {
            SelectionReason::LocalArea
        }))
    }

    async fn check_override(
        &self,
        _sender: Sender,
        request: &OverrideRequest,
    ) -> Result<Selection, NumberError> {
        known(request.selection.conversation_id)?;
        Ok(selection(SelectionReason::ManualOverride))
    }

    async fn set_override(
        &self,
        _sender: Sender,
        conversation: ConversationId,
        _request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        known(Some(conversation))?;
        Ok(selection(SelectionReason::ManualOverride))
    }

    async fn clear_override(
        &self,
        _sender: Sender,
        conversation: ConversationId,
    ) -> Result<Selection, NumberError> {
        known(Some(conversation))?;
        Ok(selection(SelectionReason::StickyConversation))
    }
}

#[async_trait]
impl Readiness for FakeService {
    async fn ready(&self) -> Result<(), Unavailable> {
        self.up()
    }
}
