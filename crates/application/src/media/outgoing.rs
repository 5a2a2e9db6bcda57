//! The files that a message is sent with: the organization's uploads, and what is at other URLs, which is read once
//! to see that it can be sent. The carrier reads it again from the same URL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::content::{Media, MediaType, Text, check_file};
use sms_domain::lifecycle::files::{is_remembered, remembered_until};
use sms_domain::ports::{
    Clock, FileFacts, MediaFile, MediaKey, MediaRepository, OutboundCalls, Unavailable,
};
use sms_domain::values::ids::OrganizationId;
use tokio::sync::Semaphore;

use super::addresses::MediaAddresses;
use crate::send::{FieldError, MEDIA_URLS, SendError};

/// Most requests of one process whose files are read at once.
const AT_ONCE: usize = 16;

/// The longest time in which the files of a request are read.
const PATIENCE: TimeDelta = TimeDelta::seconds(6);

/// Most URLs that are remembered; all are forgotten when there are more.
const MOST_REMEMBERED: usize = 1_000;

/// What was read at URLs, and until when it is remembered.
type Seen = HashMap<String, (Media, DateTime<Utc>)>;

/// Finds and checks the files of messages.
#[derive(Clone)]
pub struct OutgoingMedia {
    store: Arc<dyn MediaRepository>,
    calls: Arc<dyn OutboundCalls>,
    addresses: MediaAddresses,
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    seen: Arc<Mutex<Seen>>,
}

impl OutgoingMedia {
    /// Over its ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn MediaRepository>,
        calls: Arc<dyn OutboundCalls>,
        addresses: MediaAddresses,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            calls,
            addresses,
            clock,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            seen: Arc::default(),
        }
    }

    /// The files at `urls`: uploads are kept until an instant, and what is at other URLs is read.
    ///
    /// # Errors
    /// [`SendError`]: each URL that names no file that can be sent, or too many requests at once.
    pub(crate) async fn to_send(
        &self,
        organization_id: OrganizationId,
        urls: &[String],
        kept_until: DateTime<Utc>,
    ) -> Result<Vec<Media>, SendError> {
        if urls.is_empty() {
            return Ok(Vec::new());
        }
        let own = self.own(organization_id, urls);
        if !own.is_empty() {
            let ids = own.iter().map(|key| key.id).collect();
            let now = self.clock.now();
            (self
                .store
                .keep_uploads(organization_id, ids, now, kept_until))
            .await?;
        }
        let uploads = self.uploads(organization_id, &own).await?;
        let now = self.clock.now();
        let patience = now.checked_add_signed(PATIENCE).unwrap_or(now);
        tokio::select! {
            biased;
            found = self.found(organization_id, urls, &uploads) => found,
            () = self.clock.sleep_until(patience) => {
                Err(SendError::invalid(MEDIA_URLS, "could not be read in time"))
            }
        }
    }

    /// The files at `urls`, as far as they are known without reading or keeping any.
    ///
    /// # Errors
    /// [`SendError`]: each URL that names no file of ours or nothing that could be read.
    pub(crate) async fn to_preview(
        &self,
        organization_id: OrganizationId,
        urls: &[String],
    ) -> Result<Vec<Media>, SendError> {
        if urls.is_empty() {
            return Ok(Vec::new());
        }
        let own = self.own(organization_id, urls);
        let uploads = self.uploads(organization_id, &own).await?;
        let found = urls.iter().map(|url| {
            self.known(organization_id, url, &uploads)
                .unwrap_or_else(|| self.checked(url))
        });
        all(found.collect())
    }

    /// The uploads of the organization among the URLs.
    fn own(&self, organization_id: OrganizationId, urls: &[String]) -> Vec<MediaKey> {
        let keys = urls.iter().filter_map(|url| self.addresses.file(url));
        keys.filter(|key| key.organization_id == organization_id)
            .collect()
    }

    async fn uploads(
        &self,
        organization_id: OrganizationId,
        own: &[MediaKey],
    ) -> Result<Vec<FileFacts>, Unavailable> {
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let ids = own.iter().map(|key| key.id).collect();
        let now = self.clock.now();
        self.store.uploads(organization_id, ids, now).await
    }

    async fn found(
        &self,
        organization_id: OrganizationId,
        urls: &[String],
        uploads: &[FileFacts],
    ) -> Result<Vec<Media>, SendError> {
        let mut found = Vec::with_capacity(urls.len());
        for url in urls {
            found.push(match self.known(organization_id, url, uploads) {
                Some(known) => known,
                None => self.read(url).await?,
            });
        }
        all(found)
    }

    /// A file of ours, or one that was read lately; `None` for another URL.
    fn known(
        &self,
        organization_id: OrganizationId,
        url: &str,
        uploads: &[FileFacts],
    ) -> Option<Result<Media, String>> {
        if !self.addresses.is_ours(url) {
            return self.remembered(url).map(Ok);
        }
        let key = self.addresses.file(url);
        let key = key.filter(|key| key.organization_id == organization_id);
        let file = key.and_then(|key| uploads.iter().find(|file| file.id == key.id));
        Some(match (key, file) {
            (Some(key), Some(file)) => Ok(self.upload(key, file)),
            // Another organization's file is answered like one that does not exist.
            (None, _) | (_, None) => Err("names no upload that is still kept".to_owned()),
        })
    }

    fn upload(&self, key: MediaKey, file: &FileFacts) -> Media {
        Media {
            url: Text::new(self.addresses.of(key, self.clock.now())),
            content_type: Some(file.content_type.clone()),
            size: Some(file.size.into()),
            sha256: Some(file.sha256.clone()),
        }
    }

    /// What is at another URL, as far as the URL alone tells.
    fn checked(&self, url: &str) -> Result<Media, String> {
        self.calls.check(url).map_err(|fault| fault.to_string())?;
        Ok(Media {
            url: Text::new(url),
            content_type: None,
            size: None,
            sha256: None,
        })
    }

    /// What is at another URL.
    async fn read(&self, url: &str) -> Result<Result<Media, String>, SendError> {
        if let Err(fault) = self.checked(url) {
            return Ok(Err(fault));
        }
        let Ok(_place) = self.places.try_acquire() else {
            return Err(SendError::Busy);
        };
        let fetched = self.calls.fetch(url, MediaType::MOST_BYTES).await;
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(fault) => return Ok(Err(format!("cannot be read: {fault}"))),
        };
        let found = check_file(&fetched.content, fetched.content_type.as_deref());
        Ok(match found {
            Ok(found) => {
                let file = MediaFile::new(found.as_str(), None, fetched.content);
                let media = Media {
                    url: Text::new(url),
                    content_type: Some(file.content_type.clone()),
                    size: i64::try_from(file.content.len()).ok(),
                    sha256: Some(file.sha256_hex()),
                };
                self.remember(&media);
                Ok(media)
            }
            Err(fault) => Err(fault.to_string()),
        })
    }

    fn remembered(&self, url: &str) -> Option<Media> {
        let seen = self.seen();
        let (media, until) = seen.get(url)?;
        is_remembered(*until, self.clock.now()).then(|| media.clone())
    }

    fn remember(&self, media: &Media) {
        let until = remembered_until(self.clock.now());
        let mut seen = self.seen();
        if seen.len() >= MOST_REMEMBERED {
            seen.clear();
        }
        seen.insert(media.url.as_str().to_owned(), (media.clone(), until));
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // A panic cannot leave the map inconsistent: every change is one insertion.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All files, or everything that is wrong with them.
fn all(found: Vec<Result<Media, String>>) -> Result<Vec<Media>, SendError> {
    let (mut files, mut errors) = (Vec::with_capacity(found.len()), Vec::new());
    for (place, one) in found.into_iter().enumerate() {
        match one {
            Ok(file) => files.push(file),
            Err(fault) => {
                errors.push(FieldError::new(MEDIA_URLS, format!("[{place}] {fault}")));
            }
        }
    }
    let bytes: i64 = files.iter().filter_map(|file| file.size).sum();
    if usize::try_from(bytes).map_or(true, |bytes| bytes > MediaType::MOST_BYTES) {
        let most = MediaType::MOST_BYTES;
        let message = format!("have {bytes} bytes together; at most {most} can be sent");
        errors.push(FieldError::new(MEDIA_URLS, message));
    }
    if errors.is_empty() {
        Ok(files)
    } else {
        Err(SendError::Invalid(errors))
    }
}
