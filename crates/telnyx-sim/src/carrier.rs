//! The simulated provider: chooses the script of a send, accepts messages, receives texts.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, RwLock},
    time::Duration,
};

use sms_domain::ports::Clock;
use uuid::Uuid;

use crate::{
    Chaos, ChaosError, InboundText, SimConfig, course,
    idempotency::{Claim, IdempotencyKeys},
    ids,
    inbound::InboundMessage,
    ledger::LedgerEntry,
    magic,
    request::SendRequest,
    script::{Fate, Receipts, Script},
    signer::Signer,
    store::{Store, Unfinished},
    sync::{lock, read, replace},
    webhooks::{Job, WebhookQueue},
};

/// The state that requests and webhooks share.
pub(crate) struct Carrier {
    pub(crate) config: SimConfig,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) signer: Signer,
    pub(crate) keys: Arc<IdempotencyKeys>,
    pub(crate) queue: WebhookQueue,
    chaos: RwLock<Arc<Chaos>>,
    profile_url: RwLock<Option<Arc<str>>>,
    /// Number of requests per recipient, counted only where the script depends on it.
    requests: Mutex<HashMap<String, u32>>,
    /// The id of the configured profile.
    profile: String,
    /// The profile under which each number last sent, if it is not the configured one.
    profiles: Mutex<HashMap<String, String>>,
}

impl Carrier {
    pub(crate) fn new(
        config: SimConfig,
        clock: Arc<dyn Clock>,
        store: Store,
        signer: Signer,
    ) -> Self {
        Self {
            chaos: RwLock::new(Arc::new(config.chaos.clone())),
            profile_url: RwLock::new(config.inbound_webhook_url.as_deref().map(Arc::from)),
            profile: config.messaging_profile_id.to_string(),
            config,
            clock,
            store,
            signer,
            keys: Arc::default(),
            queue: WebhookQueue::new(),
            requests: Mutex::default(),
            profiles: Mutex::default(),
        }
    }

    /// Resumes what an earlier run left unfinished.
    pub(crate) fn resume(&self, unfinished: Unfinished) {
        for (entry, steps) in unfinished.accepted {
            self.keys.restore(&entry);
            self.learn_profile(&entry);
            self.schedule(&entry, steps);
        }
        for message in unfinished.received {
            self.queue
                .push(message.received_at, Job::received(&message));
        }
    }

    pub(crate) fn chaos(&self) -> Arc<Chaos> {
        read(&self.chaos)
    }

    pub(crate) fn set_chaos(&self, chaos: Chaos) -> Result<(), ChaosError> {
        chaos.validate()?;
        replace(&self.chaos, Arc::new(chaos));
        Ok(())
    }

    pub(crate) fn profile_url(&self) -> Option<Arc<str>> {
        read(&self.profile_url)
    }

    pub(crate) fn set_profile_url(&self, url: Option<&str>) {
        replace(&self.profile_url, url.map(Arc::from));
    }

    /// The script of this request to `to`: that of a magic number, otherwise one drawn by chaos.
    pub(crate) fn script_for(&self, to: &str) -> Script {
        let magic = self
            .config
            .magic_numbers
            .then(|| magic::script_for(to))
            .flatten();
        match magic {
            Some(magic) if !magic.once || self.count_request(to) == 0 => magic.script,
            Some(_) => Script::DELIVERED,
            None => {
                let chaos = self.chaos();
                if chaos.is_calm() {
                    return Script::DELIVERED;
                }
                chaos.script_for(to, self.count_request(to))
            }
        }
    }

    /// Counts this request to `to`, and returns the number of requests before it.
    fn count_request(&self, to: &str) -> u32 {
        let mut requests = lock(&self.requests);
        let count = requests.entry(to.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count - 1
    }

    /// The profile under which a request is sent.
    pub(crate) fn profile_of<'a>(&'a self, request: &'a SendRequest) -> &'a str {
        request
            .messaging_profile_id
            .as_deref()
            .unwrap_or(&self.profile)
    }

    /// Accepts a message: writes the ledger, marks the idempotency key, schedules the next steps. It
    /// never awaits, so a client that disconnects cannot interrupt it.
    ///
    /// # Errors
    /// When the ledger cannot be written; nothing is accepted then.
    pub(crate) fn accept(
        &self,
        request: SendRequest,
        key: Option<String>,
        claim: Option<&mut Claim>,
        fate: Fate,
    ) -> io::Result<Arc<LedgerEntry>> {
        let body_sha256 = claim.as_ref().map(|claim| claim.body().to_owned());
        let entry = self
            .store
            .accept(self.entry(request, key, body_sha256, fate))?;
        if let Some(claim) = claim {
            claim.accepted(entry.id, entry.accepted_at);
        }
        self.learn_profile(&entry);
        let steps = (0..course::steps(&entry).len()).collect();
        self.schedule(&entry, steps);
        Ok(entry)
    }

    fn entry(
        &self,
        request: SendRequest,
        idempotency_key: Option<String>,
        body_sha256: Option<String>,
        fate: Fate,
    ) -> LedgerEntry {
        let late = fate.receipts == Receipts::Late;
        let late_by = if late {
            self.config.late_receipt_delay
        } else {
            Duration::ZERO
        };
        LedgerEntry {
            id: ids::random(),
            messaging_profile_id: self.profile_of(&request).to_owned(),
            to: request.to,
            from: request.from,
            text: request.text,
            idempotency_key,
            webhook_url: request.webhook_url,
            accepted_at: self.clock.now(),
            body_sha256,
            webhook_failover_url: request.webhook_failover_url,
            use_profile_webhooks: request.use_profile_webhooks,
            subject: request.subject,
            media_urls: request.media_urls,
            fate,
            receipt_delay_us: micros(self.config.receipt_delay),
            late_by_us: micros(late_by),
        }
    }

    fn schedule(&self, entry: &Arc<LedgerEntry>, steps: Vec<usize>) {
        if let Some((due, job)) = Job::first_of(entry, &course::steps(entry), steps) {
            self.queue.push(due, job);
        }
    }

    fn learn_profile(&self, entry: &LedgerEntry) {
        let mut profiles = lock(&self.profiles);
        if entry.messaging_profile_id != self.profile {
            profiles.insert(entry.from.clone(), entry.messaging_profile_id.clone());
        } else if !profiles.is_empty() {
            profiles.remove(&entry.from);
        }
    }

    /// Receives a text from a person. A text with a known id is ignored.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing is received then.
    pub(crate) fn receive(&self, id: Uuid, text: InboundText) -> io::Result<Uuid> {
        let profile = text.messaging_profile_id.clone().unwrap_or_else(|| {
            let known = lock(&self.profiles).get(&text.to).cloned();
            known.unwrap_or_else(|| self.profile.clone())
        });
        let message = InboundMessage::new(id, text, profile, self.clock.now());
        if let Some(message) = self.store.receive(message)? {
            self.queue
                .push(message.received_at, Job::received(&message));
        }
        Ok(id)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
