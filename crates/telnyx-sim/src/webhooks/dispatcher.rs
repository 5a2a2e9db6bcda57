//! The loop that processes due jobs: sends webhooks, retries them, and lets people reply.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{
    WebhookSender,
    event::Event,
    queue::{Job, Subject},
};
use crate::{
    carrier::Carrier,
    course::{self, Action},
    ids,
    inbound::InboundText,
    ledger::LedgerEntry,
    script::Reply,
};

/// Most jobs that run at the same time.
const MAX_RUNNING: usize = 128;
/// Attempts per URL, as documented by Telnyx.
const TRIES_PER_URL: u32 = 3;
/// The number from which a reply's id is derived, together with the answered message.
const REPLY: u64 = 2000;

/// Processes the carrier's queue.
pub(crate) struct Dispatcher {
    carrier: Arc<Carrier>,
    sender: WebhookSender,
}

impl Dispatcher {
    pub(crate) fn new(carrier: Arc<Carrier>, sender: WebhookSender) -> Self {
        Self { carrier, sender }
    }

    /// Runs until it is dropped. The next run restarts jobs that were in progress.
    pub(crate) async fn run(self) {
        let this = Arc::new(self);
        let mut running = JoinSet::new();
        loop {
            while let Some(job) = this.carrier.queue.take_due(this.carrier.clock.now()) {
                let this = Arc::clone(&this);
                running.spawn(async move { this.work(job).await });
                if running.len() >= MAX_RUNNING {
                    running.join_next().await;
                }
            }
            while running.try_join_next().is_some() {}
            this.wait().await;
        }
    }

    /// Waits until the next job is due or an earlier one is added.
    async fn wait(&self) {
        let changed = self.carrier.queue.changed.notified();
        match self.carrier.queue.next_due() {
            None => changed.await,
            Some(due) => tokio::select! {
                () = changed => {}
                () = self.carrier.clock.sleep_until(due) => {}
            },
        }
    }

    async fn work(&self, mut job: Job) {
        let ended = match job.subject.clone() {
            Subject::Sent(entry) => self.sent_step(&entry, &job).await,
            Subject::Received(message) => {
                let urls: Vec<_> = self.carrier.profile_url().into_iter().collect();
                self.tell(&job, &urls, |attempt, url| {
                    Some(Event::received(&message, attempt, url))
                })
                .await
            }
        };
        if job.tries == 0
            && let Some((due, next)) = job.following()
        {
            self.carrier.queue.push(due, next);
        }
        match ended {
            Ended::Finished => self.carrier.store.finish(job.subject.id(), job.step),
            Ended::TryAgain => self.retry(job),
        }
        self.carrier.queue.end();
    }

    async fn sent_step(&self, entry: &LedgerEntry, job: &Job) -> Ended {
        let Some(step) = course::steps(entry).get(job.step).copied() else {
            return Ended::Finished;
        };
        match step.action {
            Action::Reply(reply) => self.reply(entry, reply),
            action @ (Action::Receipt(_) | Action::UnlistedEvent) => {
                let urls = self.receivers(entry);
                self.tell(job, &urls, |attempt, url| {
                    Event::of_step(entry, action, attempt, url)
                })
                .await
            }
        }
    }

    /// Makes one attempt at the current URL. Without a URL, or after all URLs failed, the event is lost,
    /// and only `GET /v2/messages/{id}` shows the status.
    async fn tell<'a>(
        &self,
        job: &Job,
        urls: &'a [Arc<str>],
        event: impl FnOnce(u32, &'a str) -> Option<Event<'a>>,
    ) -> Ended {
        let turn = (job.tries / TRIES_PER_URL) as usize;
        let Some(url) = urls.get(turn) else {
            return Ended::Finished;
        };
        let Some(event) = event(job.tries + 1, url) else {
            return Ended::Finished;
        };
        let now = self.carrier.clock.now();
        if self
            .sender
            .post(url, &event, &self.carrier.signer, now)
            .await
        {
            return Ended::Finished;
        }
        let tries = TRIES_PER_URL * u32::try_from(urls.len()).unwrap_or(u32::MAX);
        if job.tries + 1 < tries {
            Ended::TryAgain
        } else {
            Ended::Finished
        }
    }

    /// The receivers' URLs: the message's own, then the profile's.
    fn receivers(&self, entry: &LedgerEntry) -> Vec<Arc<str>> {
        let own = [&entry.webhook_url, &entry.webhook_failover_url];
        let mut urls: Vec<Arc<str>> = own
            .into_iter()
            .flatten()
            .map(|url| Arc::from(url.as_str()))
            .collect();
        if entry.use_profile_webhooks {
            urls.extend(self.carrier.profile_url());
        }
        urls
    }

    fn retry(&self, mut job: Job) {
        let pause = backoff(self.carrier.config.webhook_backoff, job.tries);
        job.tries += 1;
        self.carrier
            .queue
            .push(self.carrier.clock.now() + pause, job);
    }

    fn reply(&self, entry: &LedgerEntry, reply: Reply) -> Ended {
        let text = InboundText {
            from: entry.to.clone(),
            to: entry.from.clone(),
            text: reply.text().to_owned(),
            mms: crate::Mms::default(),
            messaging_profile_id: Some(entry.messaging_profile_id.clone()),
            autoresponse: true,
        };
        match self.carrier.receive(ids::derived(entry.id, REPLY), text) {
            Ok(_) => Ended::Finished,
            Err(error) => {
                tracing::warn!(%error, "a reply could not be recorded");
                Ended::TryAgain
            }
        }
    }
}

enum Ended {
    /// Acknowledged, or given up.
    Finished,
    TryAgain,
}

/// The pause after `tries` attempts: it quadruples with every attempt at a URL, and starts again at the
/// shortest pause for the next URL.
fn backoff(shortest: Duration, tries: u32) -> Duration {
    shortest.saturating_mul(4_u32.saturating_pow(tries % TRIES_PER_URL))
}
