//! The composition root: which adapters stand behind the ports, and how the use cases answer the
//! routes. With `dev.rs` the only place that names an adapter.

mod people;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_application::{
    Accepted, CancelError, CancelSms, Circuits, Dispatch, DispatchPorts, DispatchSettings,
    Dispatcher, DispatcherSettings, DraftCommand, PreviewSms, ReceiveWebhook, SelectNumber,
    SendCommand, SendError, SendSms, Wake, WebhookError,
};
use sms_domain::compliance::RuleData;
use sms_domain::decision::DecisionRecord;
use sms_domain::ids::{ConversationId, MessageId, OrganizationId};
use sms_domain::message::Message;
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{
    ApiKeyRepository, Clock, ConversationRepository, DispatchQueue, FactsRepository, IdGenerator,
    InboundRepository, MessageRepository, NumberRepository, OptOutFeed, OptOutRepository,
    ReceiptRepository, ReviewRepository, SeedRepository, SmsGateway, Unavailable, WebhookReader,
    WebhookRequest,
};
use sms_postgres::{Pg, PgConfig};
use sms_telnyx::{TelnyxConfig, TelnyxGateway, TelnyxWebhooks, Timeouts};

use self::people::People;
pub use self::people::Upkeep;
use crate::config::Config;
use crate::service::{
    MessageView, NumberError, NumberService, OverrideRequest, Preview, Readiness, Selection,
    SelectionRequest, SmsService, WebhookFailure, WebhookService,
};

/// The stores behind the ports.
#[derive(Clone)]
pub struct Stores {
    /// Messages and changes.
    pub messages: Arc<dyn MessageRepository>,
    /// Facts for decisions.
    pub facts: Arc<dyn FactsRepository>,
    /// Due rows.
    pub queue: Arc<dyn DispatchQueue>,
    /// What receipts are about.
    pub receipts: Arc<dyn ReceiptRepository>,
    /// API keys.
    pub keys: Arc<dyn ApiKeyRepository>,
    /// Conversations.
    pub conversations: Arc<dyn ConversationRepository>,
    /// Texts from people.
    pub inbound: Arc<dyn InboundRepository>,
    /// The opt-out list.
    pub opt_outs: Arc<dyn OptOutRepository>,
    /// Texts that somebody must read.
    pub reviews: Arc<dyn ReviewRepository>,
    /// Numbers.
    pub numbers: Arc<dyn NumberRepository>,
    /// Organizations and their surroundings.
    pub seeds: Arc<dyn SeedRepository>,
    /// Whether the store answers.
    pub readiness: Arc<dyn Readiness>,
}

/// The carrier behind the ports.
#[derive(Clone)]
pub struct Carrier {
    /// Handing messages over.
    pub gateway: Arc<dyn SmsGateway>,
    /// Reading webhooks.
    pub webhooks: Arc<dyn WebhookReader>,
    /// Reading the carrier's own opt-out list.
    pub opt_outs: Arc<dyn OptOutFeed>,
    /// Our accounts there.
    pub accounts: Vec<ProviderAccount>,
}

/// Time and identifiers.
#[derive(Clone)]
pub struct Machine {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
}

/// The use cases of one process.
#[derive(Clone)]
pub struct System {
    stores: Stores,
    send: SendSms,
    cancel: CancelSms,
    preview: PreviewSms,
    select: SelectNumber,
    receive: ReceiveWebhook,
    /// One round of dispatch.
    pub dispatch: Arc<Dispatch>,
    /// The opt-out list and the watch over numbers.
    pub upkeep: Upkeep,
    wake: Wake,
}

impl Stores {
    /// Brings the database at `url` up to date; answers the versions that were applied.
    ///
    /// # Errors
    /// When it cannot be reached or a migration fails; earlier ones stay applied.
    pub async fn migrate(url: &str) -> anyhow::Result<Vec<String>> {
        Ok(sms_postgres::migrations::migrate(url).await?)
    }

    /// The stores on one migrated Postgres database, with `connections` for the hot path.
    ///
    /// # Errors
    /// When it cannot be reached, or the bundled tables of the law are broken.
    pub async fn connect(url: &str, connections: usize) -> anyhow::Result<Self> {
        let config = PgConfig {
            hot_connections: connections,
            ..PgConfig::new(url)
        };
        let pg = Arc::new(Pg::connect(&config, RuleData::bundled()?).await?);
        Ok(Self {
            messages: pg.clone(),
            facts: pg.clone(),
            queue: pg.clone(),
            receipts: pg.clone(),
            keys: pg.clone(),
            conversations: pg.clone(),
            inbound: pg.clone(),
            opt_outs: pg.clone(),
            reviews: pg.clone(),
            numbers: pg.clone(),
            seeds: pg.clone(),
            readiness: Arc::new(PgReadiness(pg)),
        })
    }
}

impl Carrier {
    /// The configured accounts, with receipts sent to `public_base_url`.
    ///
    /// # Errors
    /// [`sms_telnyx::SetupError`] when an account cannot be used.
    pub fn configured(
        config: &Config,
        public_base_url: String,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, sms_telnyx::SetupError> {
        let config = TelnyxConfig {
            public_base_url,
            accounts: config.accounts.clone(),
            timeouts: Timeouts::default(),
        };
        Self::telnyx(&config, clock)
    }

    /// Telnyx, or what speaks like it.
    ///
    /// # Errors
    /// [`sms_telnyx::SetupError`] when the configuration cannot be used.
    pub fn telnyx(
        config: &TelnyxConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, sms_telnyx::SetupError> {
        let gateway = Arc::new(TelnyxGateway::new(config, clock)?);
        Ok(Self {
            gateway: gateway.clone(),
            webhooks: Arc::new(TelnyxWebhooks::new(config)),
            opt_outs: gateway,
            accounts: config.accounts.keys().cloned().collect(),
        })
    }
}

impl System {
    /// Puts the use cases over the ports.
    #[must_use]
    pub fn new(
        stores: Stores,
        carrier: Carrier,
        machine: Machine,
        settings: DispatchSettings,
    ) -> Self {
        let wake = Wake::default();
        let people = People::new(&stores, &carrier, &machine, &wake);
        let Stores {
            messages,
            facts,
            queue,
            ..
        } = stores.clone();
        let Machine { clock, ids } = machine;
        let ports = DispatchPorts {
            queue,
            facts: facts.clone(),
            messages: messages.clone(),
            gateway: carrier.gateway,
            clock: clock.clone(),
            ids: ids.clone(),
            circuits: Arc::new(Circuits::default()),
            failures: people.failures,
        };
        Self {
            send: SendSms::new(
                messages.clone(),
                facts.clone(),
                Arc::new(wake.clone()),
                clock.clone(),
                ids,
            ),
            cancel: CancelSms::new(messages, clock.clone()),
            preview: PreviewSms::new(facts.clone(), clock.clone()),
            select: SelectNumber::new(stores.conversations.clone(), facts, clock.clone()),
            receive: ReceiveWebhook::new(carrier.webhooks, people.evidence, people.inbound, clock),
            upkeep: people.upkeep,
            dispatch: Arc::new(Dispatch::new(ports, settings)),
            wake,
            stores,
        }
    }

    /// The stores that the use cases work on.
    #[must_use]
    pub const fn stores(&self) -> &Stores {
        &self.stores
    }

    /// The dispatch loop of this process.
    #[must_use]
    pub fn dispatcher(&self, settings: DispatcherSettings) -> Dispatcher {
        Dispatcher::new(Arc::clone(&self.dispatch), settings, self.wake.clone())
    }
}

#[async_trait]
impl SmsService for System {
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError> {
        self.send.send(command).await
    }

    async fn save_draft(&self, command: DraftCommand) -> Result<Accepted, SendError> {
        self.send.save_draft(command).await
    }

    async fn cancel(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Message, CancelError> {
        self.cancel.cancel(organization_id, id).await
    }

    async fn find(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable> {
        let found = self.stores.messages.find(organization_id, id).await?;
        Ok(found.map(|message| MessageView {
            message,
            lead_name: None,
            organization_name: None,
        }))
    }

    async fn preview(
        &self,
        command: SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Preview, SendError> {
        self.preview.preview(&command, at).await
    }

    async fn decisions(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable> {
        self.stores.messages.decisions(organization_id, id).await
    }
}

#[async_trait]
impl WebhookService for System {
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<(), WebhookFailure> {
        match self.receive.receive(token, request).await {
            Ok(_) => Ok(()),
            Err(WebhookError::Rejected(rejected)) => Err(WebhookFailure::Rejected(rejected)),
            Err(WebhookError::Contended) => Err(WebhookFailure::Contended),
            Err(WebhookError::Unavailable(error)) => Err(WebhookFailure::Unavailable(error)),
        }
    }
}

#[async_trait]
impl NumberService for System {
    async fn select_for_new(
        &self,
        organization_id: OrganizationId,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        self.select.select(organization_id, request).await
    }

    async fn select_for_conversation(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        let request = SelectionRequest {
            conversation_id: Some(conversation_id),
            ..request
        };
        self.select.select(organization_id, request).await
    }

    async fn check_override(
        &self,
        organization_id: OrganizationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        self.select.check_override(organization_id, &request).await
    }

    async fn set_override(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        self.select
            .set_override(organization_id, conversation_id, request)
            .await
    }

    async fn clear_override(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
    ) -> Result<Selection, NumberError> {
        self.select
            .clear_override(organization_id, conversation_id)
            .await
    }
}

struct PgReadiness(Arc<Pg>);

#[async_trait]
impl Readiness for PgReadiness {
    async fn ready(&self) -> Result<(), Unavailable> {
        self.0.ping().await
    }
}
