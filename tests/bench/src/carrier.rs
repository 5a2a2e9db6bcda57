//! An in-process carrier that accepts every message after a fixed time and keeps a ledger. The real adapter
//! builds the requests; only the call itself is replaced.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sms_api::wiring::Carriers;
use sms_domain::carrier::{
    Evidence, FailureMeaning, OutboundSms, ProviderAnswer, ProviderCall, ProviderError, RequestBody,
};
use sms_domain::ports::{Clock, GatewayUnavailable, SmsGateway};
use sms_domain::values::ProviderAccount;
use sms_telnyx::{AccountConfig, PublicKey, TelnyxConfig, Timeouts};

use crate::clock::MovedClock;
use crate::machine::float;

/// Signs webhooks.
const SEED: [u8; 32] = [7; 32];

/// An accepted message.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The carrier's id.
    pub(crate) id: String,
    pub(crate) body: RequestBody,
    /// When the call began.
    pub(crate) began: DateTime<Utc>,
}

/// The carrier.
#[derive(Clone)]
pub(crate) struct StubCarrier {
    ports: Carriers,
    inner: Arc<Inner>,
}

struct Inner {
    adapter: Arc<dyn SmsGateway>,
    clock: MovedClock,
    latency: Option<TimeDelta>,
    calls: AtomicU64,
    /// Total duration of all calls in microseconds, measured because timers are late by a millisecond.
    taken_micros: AtomicU64,
    /// By idempotency key.
    ledger: Mutex<HashMap<String, Taken>>,
}

impl StubCarrier {
    /// A carrier with this latency; `None` for no latency.
    pub(crate) fn new(clock: MovedClock, latency: Option<TimeDelta>) -> anyhow::Result<Self> {
        let config = telnyx(
            "http://127.0.0.1:9/v2",
            &public_key()?,
            "http://127.0.0.1:9",
        )?;
        let real = Carriers::telnyx(&config, Arc::new(clock))?;
        let inner = Arc::new(Inner {
            adapter: Arc::new(real.clone()),
            clock,
            latency,
            calls: AtomicU64::new(0),
            taken_micros: AtomicU64::new(0),
            ledger: Mutex::default(),
        });
        let gateway: Arc<dyn SmsGateway> = Arc::new(Calls(Arc::clone(&inner)));
        Ok(Self {
            ports: real.with_gateway(&gateway),
            inner,
        })
    }

    /// The carrier's ports, for the product.
    pub(crate) fn ports(&self) -> Carriers {
        self.ports.clone()
    }

    /// The number of calls.
    pub(crate) fn calls(&self) -> u64 {
        self.inner.calls.load(Ordering::Relaxed)
    }

    /// The mean duration of a call, in seconds.
    pub(crate) fn mean_latency(&self) -> f64 {
        let micros = self.inner.taken_micros.load(Ordering::Relaxed);
        float(micros) / 1e6 / float(self.calls().max(1))
    }

    /// The accepted messages by idempotency key; fewer than calls if a message was sent twice.
    pub(crate) fn ledger(&self) -> HashMap<String, Taken> {
        self.inner
            .ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

struct Calls(Arc<Inner>);

#[async_trait]
impl SmsGateway for Calls {
    fn encode(&self, sms: &OutboundSms) -> Option<RequestBody> {
        self.0.adapter.encode(sms)
    }

    async fn send(&self, call: &ProviderCall) -> ProviderAnswer {
        let Inner {
            clock,
            latency,
            calls,
            taken_micros,
            ledger,
            ..
        } = self.0.as_ref();
        let (begin, began) = (Instant::now(), clock.now());
        if let Some(latency) = latency {
            clock.sleep_until(clock.now() + *latency).await;
        }
        let micros = u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX);
        taken_micros.fetch_add(micros, Ordering::Relaxed);
        calls.fetch_add(1, Ordering::Relaxed);
        let id = format!("bench-{}", call.idempotency_key);
        let taken = Taken {
            id: id.clone(),
            body: call.body.clone(),
            began,
        };
        let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.insert(call.idempotency_key.clone(), taken);
        ProviderAnswer::Accepted {
            provider_message_id: id,
            parts: Some(1),
        }
    }

    async fn look_up(
        &self,
        _account: &ProviderAccount,
        _provider_message_id: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable> {
        Ok(None)
    }

    fn enforces_idempotency(&self, _account: &ProviderAccount) -> bool {
        false
    }

    fn failure_meaning(
        &self,
        account: &ProviderAccount,
        error: &ProviderError,
    ) -> Option<FailureMeaning> {
        self.0.adapter.failure_meaning(account, error)
    }
}

/// The account `default` at an address.
pub(crate) fn telnyx(
    base_url: &str,
    public_key: &str,
    public_base_url: &str,
) -> anyhow::Result<TelnyxConfig> {
    let account = AccountConfig {
        base_url: base_url.to_owned(),
        api_key: "KEYBENCH".into(),
        enforces_idempotency: false,
        public_keys: vec![PublicKey::from_base64(public_key)?],
    };
    Ok(TelnyxConfig {
        public_base_url: public_base_url.to_owned(),
        accounts: HashMap::from([(ProviderAccount::new("default"), account)]),
        timeouts: Timeouts::default(),
    })
}

/// The public key that verifies the stub's webhooks, in base64.
pub(crate) fn public_key() -> anyhow::Result<String> {
    Ok(STANDARD.encode(key()?.public_key()))
}

/// Signs a webhook.
pub(crate) fn signature(timestamp: &str, body: &[u8]) -> anyhow::Result<String> {
    let signed = [timestamp.as_bytes(), b"|", body].concat();
    Ok(STANDARD.encode(key()?.sign(&signed)))
}

fn key() -> anyhow::Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(&SEED).map_err(|error| anyhow::anyhow!("{error}"))
}
