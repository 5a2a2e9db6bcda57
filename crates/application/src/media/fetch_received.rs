//! Reads the files that leads sent from the provider, which keeps them for about thirty days, and keeps them as long
//! as the text.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use sms_domain::content::{Media, MediaType, Text};
use sms_domain::lifecycle::retry::next_fetch_at;
use sms_domain::ports::{
    Clock, FetchFault, IdGenerator, MediaFile, MediaKey, OutboundCalls, ReadMedia,
    ReceivedMediaQueue, Unavailable, WaitingMedia,
};
use sms_domain::values::ids::MediaId;
use tokio::sync::watch;

use super::addresses::MediaAddresses;
use crate::maintenance::{Job, Rounds};

/// Messages whose files are read at once.
const AT_ONCE: usize = 4;

/// The most bytes of a file that are kept. Carriers deliver far less.
const MOST_BYTES: usize = 5 * 1024 * 1024;

/// Longer than ten files take, each within its own limit of time, and their record.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// The type of what is of no known type: browsers save it and run nothing.
const UNKNOWN: &str = "application/octet-stream";

/// Reads and keeps the files of received messages.
#[derive(Clone)]
pub struct FetchReceivedMedia {
    queue: Arc<dyn ReceivedMediaQueue>,
    calls: Arc<dyn OutboundCalls>,
    addresses: MediaAddresses,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl FetchReceivedMedia {
    /// Interval between two rounds.
    pub const EVERY: TimeDelta = TimeDelta::seconds(5);

    /// The job over its ports.
    #[must_use]
    pub const fn new(
        queue: Arc<dyn ReceivedMediaQueue>,
        calls: Arc<dyn OutboundCalls>,
        addresses: MediaAddresses,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            queue,
            calls,
            addresses,
            clock,
            ids,
        }
    }

    /// Runs rounds at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let job = Job {
            name: "received_media",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.round()).await;
        }
    }

    /// Reads everything that is due, and returns of how many messages.
    ///
    /// # Errors
    /// [`Unavailable`]: what was claimed becomes due again when its lease ends.
    pub async fn round(&self) -> Result<usize, Unavailable> {
        let mut count = 0;
        loop {
            let now = self.clock.now();
            let lease_until = now.checked_add_signed(LEASE).unwrap_or(now);
            let due = self.queue.claim_media(now, lease_until, AT_ONCE).await?;
            if due.is_empty() {
                return Ok(count);
            }
            count += due.len();
            let kept = join_all(due.into_iter().map(|waiting| self.fetch(waiting))).await;
            kept.into_iter().collect::<Result<(), _>>()?;
        }
    }

    async fn fetch(&self, waiting: WaitingMedia) -> Result<(), Unavailable> {
        let (mut media, mut files, mut is_whole) = (Vec::new(), Vec::new(), true);
        for one in waiting.media {
            if self.addresses.is_ours(one.url.as_str()) {
                media.push(one);
                continue;
            }
            match self.calls.fetch(one.url.as_str(), MOST_BYTES).await {
                Ok(fetched) if !fetched.content.is_empty() => {
                    count("kept");
                    let key = MediaKey {
                        organization_id: waiting.organization_id,
                        id: MediaId::new(self.ids.uuid()),
                    };
                    let found = MediaType::of(&fetched.content).map(MediaType::as_str);
                    let file = MediaFile::new(found.unwrap_or(UNKNOWN), None, fetched.content);
                    media.push(self.shown(key, &file, one));
                    files.push((key.id, file));
                }
                other => {
                    count("failed");
                    is_whole &= !other.is_err_and(may_pass);
                    media.push(one);
                }
            }
        }
        let now = self.clock.now();
        let again = (!is_whole).then(|| next_fetch_at(waiting.tries, now));
        let read = ReadMedia {
            organization_id: waiting.organization_id,
            message_id: waiting.message_id,
            files,
            media,
            tries: waiting.tries,
            next_at: again.flatten(),
            at: now,
        };
        self.queue.keep_media(read).await
    }

    /// The file as its message shows it from now on.
    fn shown(&self, key: MediaKey, file: &MediaFile, before: Media) -> Media {
        let known = Some(file.content_type.clone()).filter(|found| found != UNKNOWN);
        Media {
            url: Text::new(self.addresses.of(key, self.clock.now())),
            content_type: known.or(before.content_type),
            size: i64::try_from(file.content.len()).ok(),
            sha256: Some(file.sha256_hex()),
        }
    }
}

/// Whether trying again may help.
const fn may_pass(fault: FetchFault) -> bool {
    match fault {
        FetchFault::NotPublic | FetchFault::TooLarge => false,
        FetchFault::NoConnection | FetchFault::Timeout | FetchFault::BrokenOff => true,
        FetchFault::Status(status) => !matches!(status, 404 | 410),
    }
}

fn count(result: &'static str) {
    metrics::counter!("sms_received_files_total", "result" => result).increment(1);
}
