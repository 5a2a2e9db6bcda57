//! Mirror of the provider's opt-out list: a block that we do not know becomes an opt-out of ours. Never the
//! reverse, and never an opt-in: our list is the authority.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::lifecycle::mirroring::next_since;
use sms_domain::ports::{
    Clock, GatewayUnavailable, InboundRepository, OptOutFeed, ProviderOptOut, Unavailable,
};
use sms_domain::values::ProviderAccount;
use tokio::sync::watch;

use crate::maintenance::{Job, Rounds};
use crate::opt_outs::provider_blocks::{ProviderBlock, ProviderBlocks};

/// Mirrors the opt-out lists of our accounts.
#[derive(Clone)]
pub struct MirrorOptOuts {
    feed: Arc<dyn OptOutFeed>,
    inbound: Arc<dyn InboundRepository>,
    blocks: ProviderBlocks,
    clock: Arc<dyn Clock>,
    accounts: Arc<[Mirrored]>,
}

/// An account, and the start of its next pass; `None` = the whole list.
struct Mirrored {
    account: ProviderAccount,
    since: Mutex<Option<DateTime<Utc>>>,
}

/// Why a list was not mirrored.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The provider's list could not be read.
    #[error(transparent)]
    Gateway(#[from] GatewayUnavailable),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl MirrorOptOuts {
    /// Pause between two passes.
    pub const EVERY: TimeDelta = TimeDelta::minutes(5);

    /// The use case over its ports, for these accounts.
    #[must_use]
    pub fn new(
        feed: Arc<dyn OptOutFeed>,
        inbound: Arc<dyn InboundRepository>,
        blocks: ProviderBlocks,
        clock: Arc<dyn Clock>,
        accounts: impl IntoIterator<Item = ProviderAccount>,
    ) -> Self {
        let mirrored = |account| Mirrored {
            account,
            since: Mutex::new(None),
        };
        let accounts = accounts.into_iter().map(mirrored).collect();
        Self {
            feed,
            inbound,
            blocks,
            clock,
            accounts,
        }
    }

    /// Reads every list once and returns the number of new opt-outs. An account that cannot be read does not
    /// hold up the others.
    ///
    /// # Errors
    /// The last [`MirrorError`] of any account.
    pub async fn mirror(&self) -> Result<usize, MirrorError> {
        let (mut new, mut failed) = (0, None);
        for mirrored in self.accounts.iter() {
            match self.mirror_account(mirrored).await {
                Ok(count) => new += count,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(new), Err)
    }

    /// Reads the lists at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let job = Job {
            name: "opt_out_mirror",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.mirror()).await;
        }
    }

    async fn mirror_account(&self, mirrored: &Mirrored) -> Result<usize, MirrorError> {
        let since = *mirrored.since();
        let listed = self.feed.list_opt_outs(&mirrored.account, since).await?;
        let next = next_since(listed.iter().map(|block| block.at), since);
        let mut new = 0;
        for block in listed {
            new += self.take(&mirrored.account, block).await?;
        }
        // Only after all blocks are recorded: a failed pass is repeated in full.
        *mirrored.since() = next;
        Ok(new)
    }

    async fn take(
        &self,
        account: &ProviderAccount,
        block: ProviderOptOut,
    ) -> Result<usize, Unavailable> {
        let load = self.inbound.load(account, &block.our_number, &block.person);
        let Some(facts) = load.await? else {
            return Ok(0);
        };
        // The number may have moved to another profile since.
        let profile = (block.messaging_profile_id).or(facts.number.messaging_profile_id);
        let block = ProviderBlock {
            number: (facts.organization_id, facts.number.id),
            account: account.clone(),
            profile,
            person: block.person,
            reason: "mirrored".to_owned(),
            at: block.at,
        };
        self.blocks.close_open(&block).await
    }
}

impl Mirrored {
    fn since(&self) -> std::sync::MutexGuard<'_, Option<DateTime<Utc>>> {
        // A panic cannot leave it inconsistent: every change is one assignment.
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
