//! Messages that are sent through the product's own use case, so that their rows look real.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use sms_api::wiring::System;
use sms_application::{IdempotencyKey, SendCommand, Sender};
use sms_domain::message::{Message, Status};
use sms_domain::ports::{Clock as _, KeyKind};
use sms_domain::values::ids::{ConversationId, OrganizationId};
use tokio::task::JoinSet;

use super::{TEXT, Target, Targets};
use crate::carrier::StubCarrier;
use crate::clock::MovedClock;
use crate::options::Options;
use crate::product;

/// Concurrent senders while messages are prepared.
const SENDERS: usize = 64;

/// Sends messages through the use case, without HTTP.
pub(super) struct Sending {
    system: Arc<System>,
    targets: Targets,
}

impl Sending {
    pub(super) async fn new(options: &Options, url: &str) -> anyhow::Result<Self> {
        let clock = MovedClock::at_noon();
        let carrier = StubCarrier::new(clock, None)?;
        let system = product::system(url, carrier.ports(), clock).await?;
        Ok(Self {
            system,
            targets: Targets::new(options),
        })
    }

    /// Dispatches everything that is due, and records the answers.
    pub(super) async fn dispatch(&self) -> anyhow::Result<()> {
        while self.system.dispatch.run_once(100).await? > 0 {}
        Ok(())
    }

    /// Messages to all organizations, in turn.
    pub(super) async fn send(
        &self,
        numbers: Range<u64>,
        at: Option<DateTime<Utc>>,
    ) -> anyhow::Result<()> {
        self.send_to(numbers, at, Targets::shared).await
    }

    /// Messages of one organization.
    pub(super) async fn send_alone(
        &self,
        count: u64,
        at: Option<DateTime<Utc>>,
    ) -> anyhow::Result<()> {
        self.send_to(0..count, at, Targets::alone).await
    }

    async fn send_to(
        &self,
        numbers: Range<u64>,
        at: Option<DateTime<Utc>>,
        target: fn(Targets, u64) -> Target,
    ) -> anyhow::Result<()> {
        let next = Arc::new(AtomicU64::new(numbers.start));
        let (end, mut senders) = (numbers.end, JoinSet::new());
        for _ in 0..SENDERS {
            let (system, targets, next) =
                (Arc::clone(&self.system), self.targets, Arc::clone(&next));
            senders.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= end {
                        return anyhow::Ok(());
                    }
                    send(&system, &target(targets, n), n, at).await?;
                }
            });
        }
        while let Some(sender) = senders.join_next().await {
            sender??;
        }
        Ok(())
    }
}

async fn send(
    system: &System,
    target: &Target,
    n: u64,
    at: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    let key = format!("prepared {n} {}", at.is_some());
    let command = SendCommand {
        idempotency: Some(IdempotencyKey {
            key,
            request_hash: vec![7; 32],
            hash_version: 1,
        }),
        ..command(target, TEXT, at)
    };
    accept(system, command).await.map(drop)
}

/// Sends a text through the use case, and returns when it is due.
pub(crate) async fn send_text(
    system: &System,
    target: &Target,
    text: &str,
    at: Option<DateTime<Utc>>,
) -> anyhow::Result<DateTime<Utc>> {
    let message = accept(system, command(target, text, at)).await?;
    message
        .due_at
        .context("a waiting message is due at some time")
}

fn command(target: &Target, text: &str, at: Option<DateTime<Utc>>) -> SendCommand {
    let sender = Sender {
        organization_id: OrganizationId::new(target.organization),
        key: KeyKind::Live,
    };
    let conversation_id = ConversationId::new(target.conversation);
    SendCommand {
        scheduled_for: at,
        ..SendCommand::new(sender, conversation_id, text.to_owned())
    }
}

async fn accept(system: &System, command: SendCommand) -> anyhow::Result<Message> {
    let expected = if command.scheduled_for.is_some() {
        Status::Scheduled
    } else {
        Status::Queued
    };
    let message = system.use_cases.send.send(command).await?.message;
    let status = message.status();
    if status != expected {
        let now = MovedClock::at_noon().now();
        bail!("a message is {status} instead of {expected} at {now}");
    }
    Ok(message)
}
