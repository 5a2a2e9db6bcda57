//! One run: start, send, inject and end faults, wait until the system is idle, and judge.

use std::fmt;
use std::sync::Arc;

use anyhow::Context as _;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use tokio::sync::watch;

use crate::folder::Folder;
use crate::kind::Kind;
use crate::load::send_all;
use crate::pace::{self, Seen};
use crate::plan::{Moment, Plan};
use crate::process::Binaries;
use crate::verdict::{self, Report};
use crate::world::World;
use crate::{dev, faults, flood};

/// The kind and seed of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct One {
    pub(crate) kind: Kind,
    pub(crate) seed: u64,
}

impl fmt::Display for One {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.seed)
    }
}

pub(crate) async fn run(binaries: &Binaries, one: One, keep: bool) -> anyhow::Result<Report> {
    let folder = Arc::new(Folder::make(&format!("{}-{}", one.kind.name(), one.seed))?);
    let kept = format!("the data is kept in {}", folder.path().display());
    let report = story(binaries, &folder, one).await.context(kept)?;
    if let Some(folder) = Arc::into_inner(folder).filter(|_| !keep) {
        folder.remove()?;
    }
    Ok(report)
}

async fn story(binaries: &Binaries, folder: &Arc<Folder>, one: One) -> anyhow::Result<Report> {
    if one.kind == Kind::Dev {
        return dev::run(&binaries.product, folder, one.seed).await;
    }
    if one.kind == Kind::Flood {
        return flood::run(binaries, folder, one.seed).await;
    }
    if one.kind == Kind::Disk {
        faults::disk::make_small(folder)?;
    }
    let told = broken(binaries, folder, one.kind.plan(one.seed)).await;
    if one.kind == Kind::Disk {
        faults::disk::give_back(folder)?;
    }
    told
}

async fn broken(binaries: &Binaries, folder: &Arc<Folder>, plan: Plan) -> anyhow::Result<Report> {
    let began = SystemClock.now();
    let mut world = World::start(folder, binaries, &plan).await?;
    let (progress, answers) = watch::channel(0);
    let (customer, answered) = (Arc::clone(&world.customer), world.answered.clone());
    let seen = Seen::default();
    let sending = if plan.is_paced {
        tokio::spawn(pace::send_all(customer, answered, progress, seen.clone()))
    } else {
        tokio::spawn(send_all(customer, answered, progress))
    };
    for moment in &plan.moments {
        wait_for(moment, answers.clone()).await;
        happens(&mut world, moment)
            .await
            .with_context(|| format!("{:?}", moment.faults))?;
    }
    sending.await??;
    if plan.is_paced {
        seen.is_good(&world.events.troubles)?;
    }
    let shown = verdict::finals(&mut world, &plan).await?;
    if plan.is_paced {
        world.is_small()?;
        // The processes are asked to stop while they wait for a silent database.
        world.silence_connections()?;
    }
    world.stop().await?;
    verdict::books(&world).await?;
    verdict::decisions(&world).await?;
    verdict::judge(&world, &shown, began)
}

/// Waits until the moment comes or all requests were answered.
async fn wait_for(moment: &Moment, mut answers: watch::Receiver<usize>) {
    // An error means that all requests were answered.
    let _ = answers.wait_for(|count| *count >= moment.answered).await;
    SystemClock
        .sleep_until(SystemClock.now() + moment.later)
        .await;
}

async fn happens(world: &mut World, moment: &Moment) -> anyhow::Result<()> {
    for fault in &moment.faults {
        world.events.faults += 1;
        faults::begin(world, fault).await?;
    }
    SystemClock
        .sleep_until(SystemClock.now() + moment.lasts)
        .await;
    for fault in &moment.faults {
        faults::end(world, fault).await?;
    }
    world.is_alive()
}
