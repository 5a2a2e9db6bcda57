//! Postgres behind the ports of the stores. It must not know the use cases.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::law::RuleData;
use sms_domain::ports::{
    AccountRates, ApiKeyRepository, AuditLog, BacklogRepository, CampaignRepository,
    ConsentRepository, ConversationRepository, DecisionArchive, DecisionFeed, DispatchQueue,
    EmergencyRepository, FactsRepository, InboundRepository, KnownRepository, LawRepository,
    LeadRepository, MediaRepository, MessageRepository, NumberRegistry, NumberRepository,
    OptOutRepository, OverviewRepository, PauseRepository, ReadModel, ReceiptRepository,
    ReceivedMediaQueue, RetentionRepository, ReviewRepository, ScrubRepository, SeedRepository,
    SourceRepository, SuppressionRepository, Unavailable, UsageRepository, WalletRepository,
    WebhookEndpoints, WebhookQueue,
};
use sms_postgres::{Pg, PgConfig, StoreError};

use crate::http::Readiness;

/// The stores behind the ports.
#[derive(Clone)]
pub struct Stores {
    /// Messages and changes.
    pub messages: Arc<dyn MessageRepository>,
    /// Facts for decisions.
    pub facts: Arc<dyn FactsRepository>,
    pub queue: Arc<dyn DispatchQueue>,
    /// Attempts and events for receipts.
    pub receipts: Arc<dyn ReceiptRepository>,
    pub keys: Arc<dyn ApiKeyRepository>,
    pub audit: Arc<dyn AuditLog>,
    /// Records of consent.
    pub consents: Arc<dyn ConsentRepository>,
    /// Stored decisions with what they rested on.
    pub decisions: Arc<dyn DecisionArchive>,
    /// Decisions as they are made.
    pub feed: Arc<dyn DecisionFeed>,
    /// Lists of others.
    pub scrubs: Arc<dyn ScrubRepository>,
    pub emergencies: Arc<dyn EmergencyRepository>,
    pub conversations: Arc<dyn ConversationRepository>,
    /// Texts from people.
    pub inbound: Arc<dyn InboundRepository>,
    /// The opt-out list.
    pub opt_outs: Arc<dyn OptOutRepository>,
    /// Texts that a person must review.
    pub reviews: Arc<dyn ReviewRepository>,
    pub numbers: Arc<dyn NumberRepository>,
    /// What people look at.
    pub reads: Arc<dyn ReadModel>,
    /// Metrics of waiting messages.
    pub backlog: Arc<dyn BacklogRepository>,
    /// Removal of data past its retention time.
    pub retention: Arc<dyn RetentionRepository>,
    /// Sources of leads and their keys.
    pub sources: Arc<dyn SourceRepository>,
    /// Entries of the opt-out list.
    pub suppressions: Arc<dyn SuppressionRepository>,
    /// Leads that are taken in.
    pub leads: Arc<dyn LeadRepository>,
    /// Files of organizations.
    pub media: Arc<dyn MediaRepository>,
    /// Files that leads sent.
    pub received_media: Arc<dyn ReceivedMediaQueue>,
    /// The campaigns of organizations.
    pub campaigns: Arc<dyn CampaignRepository>,
    /// The numbers of organizations.
    pub registry: Arc<dyn NumberRegistry>,
    /// What waits.
    pub overview: Arc<dyn OverviewRepository>,
    /// What organizations have paused.
    pub pauses: Arc<dyn PauseRepository>,
    /// What organizations have left.
    pub wallets: Arc<dyn WalletRepository>,
    /// What messages come to.
    pub usage: Arc<dyn UsageRepository>,
    /// Rate limits of accounts.
    pub rates: Arc<dyn AccountRates>,
    pub seeds: Arc<dyn SeedRepository>,
    /// The law in use.
    pub laws: Arc<dyn LawRepository>,
    /// Endpoints for events.
    pub endpoints: Arc<dyn WebhookEndpoints>,
    /// What endpoints are to be told.
    pub webhooks: Arc<dyn WebhookQueue>,
    pub known: Arc<dyn KnownRepository>,
    /// Whether the store answers.
    pub readiness: Arc<dyn Readiness>,
}

impl Stores {
    /// Migrates the database at `url` and returns the applied versions.
    ///
    /// # Errors
    /// If it cannot be reached or a migration fails; earlier migrations stay applied.
    pub async fn migrate(url: &str) -> anyhow::Result<Vec<String>> {
        Ok(sms_postgres::migrations::migrate(url).await?)
    }

    /// Whether [`Stores::connect`] failed because the database is not up yet, so that waiting may help.
    #[must_use]
    pub fn may_come(error: &anyhow::Error) -> bool {
        error
            .downcast_ref::<StoreError>()
            .is_some_and(StoreError::may_pass)
    }

    /// The stores on one migrated Postgres database, with `connections` for the hot path, and the
    /// program's tables of the law.
    ///
    /// # Errors
    /// When it cannot be reached, or the bundled tables of the law are broken.
    pub async fn connect(url: &str, connections: usize) -> anyhow::Result<Self> {
        Self::connect_under(RuleData::bundled()?, url, connections).await
    }

    /// The stores on one migrated Postgres database; `rules` are the law of every decision.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect_under(
        rules: &'static RuleData,
        url: &str,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let config = PgConfig {
            hot_connections: connections,
            ..PgConfig::new(url)
        };
        let pg = Arc::new(Pg::connect(&config, rules).await?);
        Ok(Self {
            messages: pg.clone(),
            facts: pg.clone(),
            queue: pg.clone(),
            receipts: pg.clone(),
            keys: pg.clone(),
            audit: pg.clone(),
            emergencies: pg.clone(),
            scrubs: pg.clone(),
            consents: pg.clone(),
            decisions: pg.clone(),
            feed: pg.clone(),
            conversations: pg.clone(),
            inbound: pg.clone(),
            opt_outs: pg.clone(),
            reviews: pg.clone(),
            numbers: pg.clone(),
            reads: pg.clone(),
            backlog: pg.clone(),
            retention: pg.clone(),
            sources: pg.clone(),
            suppressions: pg.clone(),
            leads: pg.clone(),
            media: pg.clone(),
            received_media: pg.clone(),
            campaigns: pg.clone(),
            registry: pg.clone(),
            overview: pg.clone(),
            pauses: pg.clone(),
            wallets: pg.clone(),
            usage: pg.clone(),
            rates: pg.clone(),
            seeds: pg.clone(),
            laws: pg.clone(),
            endpoints: pg.clone(),
            webhooks: pg.clone(),
            known: pg.clone(),
            readiness: Arc::new(PgReadiness(pg)),
        })
    }
}

struct PgReadiness(Arc<Pg>);

#[async_trait]
impl Readiness for PgReadiness {
    async fn ready(&self) -> Result<(), Unavailable> {
        self.0.ping().await
    }
}
