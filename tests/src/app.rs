//! Starts the system, moves its clock, and runs by hand the steps that loops run in production.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms_api::http::Limits;
use sms_api::http::server::ListenerSettings;
use sms_api::process::{Running, StateParts, bind, state};
use sms_api::system::SystemIds;
use sms_api::wiring::{Carriers, ClockAndIds, Outbound, Secrets, Settings, Stores, System};
use sms_application::{Call, Verification, VerifyDecisions};
use sms_domain::facts::OrganizationKind;
use sms_domain::law::RuleData;
use sms_domain::ports::{Clock, Contract, KeyKind, Scope};
use sms_domain::values::ProviderAccount;
use sms_keyring::InstallationKeys;
use sms_postgres::{Audit, Pg, PgConfig};
use sms_telnyx::{AccountConfig, PublicKey, TelnyxConfig, Timeouts};
use sms_testkit::ManualClock;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::noon;
use telnyx_sim::{LedgerEntry, SimConfig, Simulator};

use crate::client::Client;
use crate::notice::{Notice, OTHER_ACCOUNT, SIGNING_SEED};
use crate::seeding::Surroundings;
use crate::tenant::Tenant;

/// The API key that the simulator requires.
const CARRIER_KEY: &str = "KEY-OF-THE-SIMULATOR";

/// Connections of the hot path; many systems run at once on the test server.
pub(crate) const CONNECTIONS: usize = 4;

/// Rows that one round of dispatch claims.
const ROUND: usize = 100;

/// Most rounds of dispatch. More would mean a row that is always due, which is a defect. A round takes one message
/// per person, so this also limits how many messages to one person can leave.
const MOST_ROUNDS: usize = 400;

/// How a system differs from the usual one.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The initial time.
    pub now: DateTime<Utc>,
    /// Whether the operator declared that the carrier's account enforces idempotency keys; the
    /// simulator then does.
    pub enforces_idempotency: bool,
    /// Requests of one organization in a minute; 0 = no limit.
    pub rate_limit: u32,
    /// How the listener treats clients.
    pub listener: ListenerSettings,
    /// The installation's keys, each named by a digit of the text: `"21"` is a new key before an old one.
    pub keys: &'static str,
    /// Whether customers' URLs may lead to this machine.
    pub allow_private: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            now: noon(),
            enforces_idempotency: true,
            rate_limit: 0,
            listener: ListenerSettings::default(),
            keys: "1",
            allow_private: true,
        }
    }
}

/// The running system of one test.
pub struct TestApp {
    /// The time for everything: requests, dispatch, the carrier.
    pub clock: ManualClock,
    pub carrier: Simulator,
    pub(crate) system: Arc<System>,
    pub(crate) telnyx: TelnyxConfig,
    pub(crate) secrets: Secrets,
    ids: Arc<SystemIds>,
    pub(crate) base_url: String,
    _running: Running,
    database: TestDatabase,
}

impl Drop for TestApp {
    /// Demands that every decision of the test comes out the same when it is judged again.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let url = self.database.url().to_owned();
        // The test's own runtime must not be blocked.
        let judging = std::thread::spawn(move || judged_again(&url)).join();
        let found = judging.expect("the decisions are judged again");
        assert!(found.holds(), "decisions came out otherwise: {found:?}");
    }
}

fn judged_again(url: &str) -> Verification {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let rules = RuleData::bundled().unwrap();
    runtime.block_on(async {
        let pg = Pg::connect(&PgConfig::new(url), rules).await.unwrap();
        let verify = VerifyDecisions::new(Arc::new(pg), rules);
        verify.run(None).await.unwrap()
    })
}

impl TestApp {
    /// Starts the usual system: noon in New York, a carrier that enforces idempotency keys.
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    /// Starts a system that differs from the usual one.
    ///
    /// # Panics
    /// When a part of it cannot be started.
    pub async fn start_with(setup: Setup) -> Self {
        let database = TestDatabase::create().await;
        let clock = ManualClock::at(setup.now);
        let listener = bind("BIND", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let carrier = start_carrier(&setup, &base_url, &clock).await;
        let ids = Arc::new(SystemIds::of(Arc::new(clock.clone())));
        let clock_and_ids = ClockAndIds {
            clock: Arc::new(clock.clone()),
            ids: ids.clone(),
        };
        let stores = Stores::connect(database.url(), CONNECTIONS).await.unwrap();
        let telnyx = telnyx_config(&setup, &carrier, &base_url);
        let behind = Carriers::telnyx(&telnyx, clock_and_ids.clock.clone()).unwrap();
        let settings = Settings {
            public_base_url: base_url.clone(),
            ..Settings::default()
        };
        let secrets = secrets(setup.keys);
        let system = System::new(
            stores,
            behind,
            Outbound::new(setup.allow_private).unwrap(),
            clock_and_ids.clone(),
            &secrets,
            settings,
        );
        let system = Arc::new(system);
        let mut running = Running::default();
        let limits = Limits {
            requests: setup.rate_limit,
            ..Limits::default()
        };
        let parts = StateParts {
            clock_and_ids,
            limits,
        };
        running.serve(listener, &state(&system, parts), setup.listener);
        Self {
            clock,
            carrier,
            system,
            telnyx,
            secrets,
            ids,
            base_url,
            _running: running,
            database,
        }
    }

    /// An organization whose messages reach people, with one number, ten dollars and a key that may
    /// do everything.
    pub async fn tenant(&self) -> Tenant {
        self.tenant_of(OrganizationKind::Live, |_| {}).await
    }

    /// An organization with surroundings that differ from the usual ones; see [`Surroundings`].
    pub async fn tenant_of(
        &self,
        kind: OrganizationKind,
        differ: impl FnOnce(&mut Surroundings),
    ) -> Tenant {
        let (stores, clock) = (self.system.stores().clone(), Arc::new(self.clock.clone()));
        Tenant::create(self.client(), stores, clock, &self.ids, kind, differ).await
    }

    /// A client without a key. Every answer that it or another client of this system gets must be one that the
    /// document describes.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.base_url).described_by(Contract::default())
    }

    /// A client of an organization with a key for a contract that may do everything.
    pub async fn client_by(&self, tenant: &Tenant, contract: Contract) -> Client {
        let kind = KeyKind::Live;
        tenant
            .client_with_key(Scope::ALL, kind, contract, &self.ids)
            .await
    }

    /// A client of an organization with a key of fewer scopes.
    pub async fn client_with_scopes(&self, tenant: &Tenant, scopes: &[Scope]) -> Client {
        tenant.client_with_scopes(scopes, &self.ids).await
    }

    /// A client of an organization with a test key that may do everything.
    pub async fn test_client(&self, tenant: &Tenant) -> Client {
        let kind = KeyKind::Test;
        let contract = Contract::default();
        tenant
            .client_with_key(Scope::ALL, kind, contract, &self.ids)
            .await
    }

    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The address of the API.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Runs the store's audit.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn audit(&self) -> Audit {
        let rules = RuleData::bundled().unwrap();
        let config = PgConfig::new(self.database.url());
        let pg = Pg::connect(&config, rules).await.unwrap();
        pg.audit().await.unwrap()
    }

    /// Moves the clock forward for the whole system.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Sets the clock to an instant in RFC 3339.
    ///
    /// # Panics
    /// When the text is no instant.
    pub fn set_time(&self, at: &str) {
        self.clock.set(at.parse().unwrap());
    }

    /// Processes everything that is due now, and waits for every call to the carrier.
    ///
    /// # Panics
    /// When the store fails, or a row never stops being due.
    pub async fn dispatch(&self) {
        for _ in 0..MOST_ROUNDS {
            if self.system.dispatch.run_once(ROUND).await.unwrap() == 0 {
                return;
            }
        }
        panic!("dispatch comes to no end");
    }

    /// Claims due messages and commits their attempts. From here on, a crash makes their outcome unknown.
    ///
    /// # Panics
    /// When the store fails.
    #[must_use = "calls that are not made are what a crash leaves"]
    pub async fn claim(&self) -> Vec<Call> {
        self.system.dispatch.claim(ROUND).await.unwrap().calls
    }

    /// Makes the calls and records the carrier's answers.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn call(&self, calls: Vec<Call>) {
        let mut answered = Vec::new();
        for call in calls {
            answered.push(self.system.dispatch.call(call).await);
        }
        self.system.dispatch.record(&answered).await.unwrap();
    }

    /// Waits until the carrier has sent all receipts that are due.
    pub async fn carrier_settled(&self) {
        self.carrier.settled().await;
    }

    /// Lets the carrier's receipts of the next seconds arrive one after the other.
    pub async fn receipts(&self) {
        for _ in 0..6 {
            self.advance(TimeDelta::seconds(1));
            self.carrier_settled().await;
        }
    }

    /// Dispatches due messages and lets the receipts arrive.
    pub async fn deliver(&self) {
        self.dispatch().await;
        self.receipts().await;
    }

    /// Every message that the carrier accepted, in order: what really left.
    #[must_use]
    pub fn ledger(&self) -> Vec<LedgerEntry> {
        self.carrier.ledger()
    }

    /// A notice as the carrier would send it now, signed with its key.
    #[must_use]
    pub fn notice(&self, event_type: &str, payload: &serde_json::Value) -> Notice {
        Notice::new(self.clock.now(), event_type, payload)
    }
}

/// What rests on the keys that the digits of `keys` name.
pub(crate) fn secrets(keys: &str) -> Secrets {
    let keys: Vec<_> = keys
        .chars()
        .map(|digit| digit.to_string().repeat(64))
        .collect();
    Secrets::of(&InstallationKeys::parse(&keys.join(",")).unwrap())
}

async fn start_carrier(setup: &Setup, base_url: &str, clock: &ManualClock) -> Simulator {
    let config = SimConfig {
        api_key: CARRIER_KEY.to_owned(),
        signing_seed: Some(SIGNING_SEED),
        inbound_webhook_url: Some(format!("{base_url}/webhooks/telnyx")),
        idempotency: setup.enforces_idempotency,
        // In real time: a busy machine must not cause repeated webhooks.
        webhook_timeout: Duration::from_secs(30),
        ..SimConfig::default()
    };
    Simulator::start(config, Arc::new(clock.clone()))
        .await
        .unwrap()
}

/// Configures one carrier for the account of live numbers and that of the sandbox. A third account signs with its
/// own key.
fn telnyx_config(setup: &Setup, carrier: &Simulator, base_url: &str) -> TelnyxConfig {
    let account = AccountConfig {
        base_url: carrier.base_url(),
        api_key: CARRIER_KEY.to_owned().into(),
        enforces_idempotency: setup.enforces_idempotency,
        public_keys: vec![PublicKey::from_base64(&carrier.public_key()).unwrap()],
    };
    let other = AccountConfig {
        public_keys: vec![PublicKey::from_base64(&Notice::other_public_key()).unwrap()],
        ..account.clone()
    };
    let accounts = [
        ("default", account.clone()),
        (ProviderAccount::SIMULATOR, account),
        (OTHER_ACCOUNT, other),
    ];
    TelnyxConfig {
        public_base_url: base_url.to_owned(),
        accounts: HashMap::from(accounts.map(|(name, of)| (ProviderAccount::new(name), of))),
        timeouts: Timeouts {
            connect: Duration::from_secs(30),
            call: Duration::from_secs(30),
        },
    }
}
