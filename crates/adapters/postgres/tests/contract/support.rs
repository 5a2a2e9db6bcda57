//! A migrated database with one organization in it, and changes to commit.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use sms_domain::facts::{
    Context, Lead, OrganizationKind, RecentSend, Registration, SuppressionScope,
};
use sms_domain::law::RuleData;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::{
    Claim, CommitError, Facts, FactsRepository, FactsRequest, MessageRepository, Seed,
    SeedConversation, SeedNumber, SeedOrganization, SeedRepository, SeedTopUp,
};
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{
    ConversationId, LeadId, LedgerEntryId, MessageId, OrganizationId, PhoneNumberId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Health, ProviderAccount};
use sms_postgres::{Deadlines, Pg, PgConfig};
use sms_testkit::SilentProxy;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::{self, noon, number_id, operator, organization_id};
use uuid::Uuid;

use crate::changes::{accepted, claimed, queued};
use crate::sql;

/// A claim of up to `limit` rows, whatever their account and organization.
pub(crate) const fn claim_of(
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: usize,
) -> Claim {
    Claim {
        now,
        lease_until,
        limit,
        paused: Vec::new(),
        rooms: Vec::new(),
    }
}

/// A database of the test's own, and the store on it.
pub(crate) struct Store {
    pub(crate) pg: Pg,
    database: TestDatabase,
}

impl Store {
    /// One organization with one number, 100 leads, each with a conversation, and 10 USD.
    pub(crate) async fn new() -> Self {
        let store = Self::empty().await;
        store.seed(&seed_of(organization_id())).await;
        store
    }

    /// Migrated, with nothing in it. Nothing is cached.
    pub(crate) async fn empty() -> Self {
        let database = TestDatabase::create().await;
        let pg = connect(database.url(), Duration::ZERO).await;
        Self { pg, database }
    }

    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// Another process on the same database.
    pub(crate) async fn second_process(&self, facts_max_age: Duration) -> Pg {
        connect(self.database.url(), facts_max_age).await
    }

    /// Another process on the same database, behind a proxy, with these deadlines.
    pub(crate) async fn behind_a_proxy(&self, deadlines: Deadlines) -> (Pg, SilentProxy) {
        let proxy = SilentProxy::start(self.database.url()).await.unwrap();
        let config = PgConfig {
            deadlines,
            ..PgConfig::new(proxy.url())
        };
        let pg = Pg::connect(&config, RuleData::bundled().unwrap());
        (pg.await.unwrap(), proxy)
    }

    pub(crate) async fn connection(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(self.database.url())
            .await
            .unwrap()
    }

    pub(crate) async fn seed(&self, seed: &Seed) {
        self.pg.apply(seed, noon(), &operator()).await.unwrap();
    }

    /// Commits one change.
    pub(crate) async fn commit(&self, change: MessageChange) -> Result<Message, CommitError> {
        let mut results = self.pg.commit(vec![change]).await.unwrap();
        assert_eq!(results.len(), 1);
        results.pop().unwrap()
    }

    pub(crate) async fn commit_all(
        &self,
        changes: Vec<MessageChange>,
    ) -> Vec<Result<Message, CommitError>> {
        self.pg.commit(changes).await.unwrap()
    }

    /// Message `n` is queued.
    pub(crate) async fn queue(&self, n: u32) -> Message {
        self.commit(queued(n)).await.unwrap()
    }

    /// Message `n` is handed over.
    pub(crate) async fn start(&self, n: u32) -> (Message, Attempt) {
        let change = claimed(&self.queue(n).await, n);
        let attempt = change.attempt.clone().unwrap();
        (self.commit(change).await.unwrap(), attempt)
    }

    /// Message `n` was taken by the provider, as `provider-n`.
    pub(crate) async fn send(&self, n: u32) -> (Message, Attempt) {
        let (message, attempt) = self.start(n).await;
        let change = accepted(message, attempt, &format!("provider-{n}"));
        let attempt = change.attempt.clone().unwrap();
        (self.commit(change).await.unwrap(), attempt)
    }

    pub(crate) async fn find(&self, id: MessageId) -> Option<Message> {
        MessageRepository::find(&self.pg, organization_id(), id)
            .await
            .unwrap()
    }

    /// The single value of a query that gives a number.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        sql::number(&mut self.connection().await, query).await
    }

    pub(crate) async fn execute(&self, statement: &str) {
        sql::execute(&mut self.connection().await, statement)
            .await
            .unwrap();
    }

    /// Balance and held, in millionths of a dollar.
    pub(crate) async fn wallet(&self) -> (i64, i64) {
        (
            self.number("SELECT balance FROM wallets").await,
            self.number("SELECT held FROM wallets").await,
        )
    }

    /// Messages reserved in this hour.
    pub(crate) async fn used_this_hour(&self) -> i64 {
        self.number("SELECT coalesce(sum(used), 0) FROM counters WHERE kind = 'hour'")
            .await
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}")).await
    }

    pub(crate) async fn load(&self, request: FactsRequest) -> Facts {
        self.pg.load(vec![request]).await.unwrap().remove(0)
    }

    /// The facts for a message to a lead.
    pub(crate) async fn context(&self, lead: u32) -> Context {
        self.load(request(lead)).await.context.unwrap()
    }

    /// What a lead is opted out of.
    pub(crate) async fn scopes(&self, lead: u32) -> Vec<SuppressionScope> {
        let suppressions = self.context(lead).await.message.recipient.suppressions;
        suppressions
            .into_iter()
            .map(|suppression| suppression.scope)
            .collect()
    }

    /// The version of the recipient's row of a lead, and what it remembers.
    pub(crate) async fn recipient(&self, lead: u32) -> (i64, Vec<RecentSend>) {
        let recipient = self.context(lead).await.message.recipient;
        (recipient.version, recipient.recent)
    }
}

async fn connect(url: &str, facts_max_age: Duration) -> Pg {
    let config = PgConfig {
        facts_max_age,
        ..PgConfig::new(url)
    };
    Pg::connect(&config, RuleData::bundled().unwrap())
        .await
        .unwrap()
}

pub(crate) const fn uuid(kind: u64, n: u32) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | (kind << 32 | n as u64) as u128)
}

pub(crate) const fn lead(n: u32) -> LeadId {
    LeadId::new(uuid(1, n))
}

pub(crate) const fn conversation(n: u32) -> ConversationId {
    ConversationId::new(uuid(2, n))
}

pub(crate) const fn other_organization() -> OrganizationId {
    OrganizationId::new(uuid(4, 1))
}

pub(crate) fn phone(lead: u32) -> PhoneNumber {
    fixtures::phone(&format!("+1404555{lead:04}"))
}

/// How many leads an organization has.
pub(crate) const LEADS: u32 = 100;

/// An organization with one number, [`LEADS`] leads with conversations, and 10 USD.
pub(crate) fn seed_of(organization_id: OrganizationId) -> Seed {
    Seed {
        organizations: vec![SeedOrganization {
            id: organization_id,
            name: "Acme Roofing".to_owned(),
            kind: OrganizationKind::Live,
            policy: sms_domain::facts::Policy::default(),
            default_number_id: Some(number_id()),
            preferred_number_ids: Vec::new(),
            rate: Rate::DEFAULT,
        }],
        numbers: vec![seed_number(organization_id, number_id(), "+14045559999")],
        leads: (0..LEADS).map(|n| seed_lead(organization_id, n)).collect(),
        conversations: (0..LEADS)
            .map(|n| seed_conversation(organization_id, n))
            .collect(),
        top_ups: vec![SeedTopUp {
            organization_id,
            id: LedgerEntryId::new(uuid(5, 0)),
            amount: Money::from_micros(10_000_000),
        }],
        ..Seed::default()
    }
}

/// The same leads and conversations of another organization, which has no number.
pub(crate) fn other_seed() -> Seed {
    let mut seed = seed_of(other_organization());
    seed.organizations[0].default_number_id = None;
    seed.numbers.clear();
    seed
}

pub(crate) fn seed_number(
    organization_id: OrganizationId,
    id: PhoneNumberId,
    phone: &str,
) -> SeedNumber {
    SeedNumber {
        organization_id,
        id,
        phone: fixtures::phone(phone),
        is_enabled: true,
        is_sms_capable: true,
        is_mms_capable: true,
        destinations: vec!["US".to_owned(), "CA".to_owned()],
        registration: Registration::Approved,
        ten_dlc_campaign_id: Some("C1".to_owned()),
        campaign_id: None,
        source_id: None,
        owner_id: None,
        is_reserved: false,
        health: Health::Healthy,
        cooling_until: None,
        hourly_limit: Some(100),
        daily_limit: None,
        minute_limit: None,
        warm_up: None,
        account: ProviderAccount::new("default"),
        messaging_profile_id: None,
    }
}

pub(crate) fn seed_lead(organization_id: OrganizationId, n: u32) -> Lead {
    Lead::new(organization_id, lead(n), phone(n))
}

pub(crate) fn seed_conversation(organization_id: OrganizationId, n: u32) -> SeedConversation {
    SeedConversation {
        organization_id,
        id: conversation(n),
        lead_id: lead(n),
        override_number_id: None,
        last_inbound_at: None,
    }
}

/// Facts for a message to a lead.
pub(crate) fn request(lead: u32) -> FactsRequest {
    FactsRequest {
        organization_id: organization_id(),
        conversation_id: conversation(lead),
        message_id: None,
        idempotency_key: None,
        now: noon(),
        must_be_fresh: false,
    }
}

/// How often each answer was given.
pub(crate) fn tally(results: &[Result<Message, CommitError>]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for result in results {
        let name = result
            .as_ref()
            .map_or_else(|error| format!("{error:?}"), |_| "Ok".to_owned());
        *tally.entry(name).or_default() += 1;
    }
    tally
}
