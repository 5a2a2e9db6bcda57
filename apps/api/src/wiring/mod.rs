//! The composition root: which adapters stand behind the ports. With `commands/dev.rs` the only place that
//! names an adapter.

mod people;
mod services;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use sms_application::{
    BacklogWatch, CancelSms, Circuits, DataRetention, Dispatch, DispatchPorts, Dispatcher,
    DispatcherSettings, PreviewSms, ReceiveWebhook, SeedWithTexts, SelectNumber, SendSms, Wake,
};
use sms_domain::compliance::RuleData;
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{
    AccountRates, ApiKeyRepository, BacklogRepository, Clock, ConversationRepository,
    DispatchQueue, FactsRepository, IdGenerator, InboundRepository, KnownRepository,
    MessageRepository, NameRepository, NumberRepository, OptOutFeed, OptOutRepository,
    ReceiptRepository, RetentionRepository, ReviewRepository, SeedRepository, SmsGateway,
    Unavailable, WebhookReader,
};
use sms_postgres::{Pg, PgConfig, StoreError};
use sms_telnyx::{TelnyxConfig, TelnyxGateway, TelnyxWebhooks, Timeouts};

use self::people::People;
pub use self::people::Upkeep;
pub use self::settings::Settings;
use crate::config::Config;
use crate::http::service::Readiness;

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
    /// What people are called.
    pub names: Arc<dyn NameRepository>,
    /// What waits.
    pub backlog: Arc<dyn BacklogRepository>,
    /// What is kept for a time only.
    pub retention: Arc<dyn RetentionRepository>,
    /// How fast the accounts may be used.
    pub rates: Arc<dyn AccountRates>,
    /// Organizations and their surroundings.
    pub seeds: Arc<dyn SeedRepository>,
    /// What exists.
    pub known: Arc<dyn KnownRepository>,
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
    /// Removing what is not kept any longer.
    pub retention: DataRetention,
    /// Measuring what waits.
    pub backlog: BacklogWatch,
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

    /// Whether [`Stores::connect`] failed because the database is not there yet, rather than with what
    /// waiting cannot mend.
    #[must_use]
    pub fn may_come(error: &anyhow::Error) -> bool {
        error
            .downcast_ref::<StoreError>()
            .is_some_and(StoreError::may_pass)
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
            names: pg.clone(),
            backlog: pg.clone(),
            retention: pg.clone(),
            rates: pg.clone(),
            seeds: pg.clone(),
            known: pg.clone(),
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
        settings: impl Into<Settings>,
    ) -> Self {
        let (wake, settings) = (Wake::default(), settings.into());
        let people = People::new(&stores, &carrier, &machine, &wake);
        let seeds = SeedWithTexts::new(stores.seeds.clone(), people.upkeep.awaited.clone());
        let stores = Stores {
            seeds: Arc::new(seeds),
            ..stores
        };
        let backlog = BacklogWatch::new(stores.backlog.clone(), machine.clock.clone());
        let retention = DataRetention::new(
            stores.retention.clone(),
            machine.clock.clone(),
            settings.retention,
        );
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
            retention,
            backlog,
            dispatch: Arc::new(Dispatch::new(ports, settings.dispatch)),
            wake,
            stores,
        }
    }

    /// The stores that the use cases work on.
    #[must_use]
    pub const fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Makes the configured rates of accounts those of all workers on the store: the last one that
    /// starts decides.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn pace_accounts(&self, config: &Config) -> Result<(), Unavailable> {
        let rates = config.account_rates.iter();
        let rates: Vec<_> = rates
            .map(|(account, rate)| (account.clone(), Some(*rate).filter(|rate| *rate > 0)))
            .collect();
        self.stores.rates.set(&rates).await
    }

    /// The dispatch loop of this process.
    #[must_use]
    pub fn dispatcher(&self, settings: DispatcherSettings) -> Dispatcher {
        Dispatcher::new(Arc::clone(&self.dispatch), settings, self.wake.clone())
    }
}

struct PgReadiness(Arc<Pg>);

#[async_trait]
impl Readiness for PgReadiness {
    async fn ready(&self) -> Result<(), Unavailable> {
        self.0.ping().await
    }
}
