//! One seed: start, send, kill, start again, and judge.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use reqwest::Method;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_postgres::Audit;
use sms_tests::Answer;
use tokio::sync::watch;

use crate::draws::{Kill, When, kills};
use crate::load::{MESSAGES, send_all};
use crate::program::Program;
use crate::site::Site;
use crate::verdict::{self, Report};

/// How long a start may take, recovery of the database included.
const START: TimeDelta = TimeDelta::seconds(60);

/// How often a starting program is asked whether it is ready.
const PAUSE: TimeDelta = TimeDelta::milliseconds(50);

pub(crate) async fn run(binary: &Path, seed: u64, keep: bool) -> anyhow::Result<Report> {
    let site = Arc::new(Site::prepare(seed).await?);
    let kept = format!("the data is kept in {}", site.data_dir().display());
    let report = story(binary, &site, seed).await.context(kept)?;
    if let Some(site) = Arc::into_inner(site).filter(|_| !keep) {
        site.remove()?;
    }
    Ok(report)
}

async fn story(binary: &Path, site: &Arc<Site>, seed: u64) -> anyhow::Result<Report> {
    let began = SystemClock.now();
    let plan = kills(seed, MESSAGES);
    let mut program = Program::start(binary, site)?;
    alive(&mut program, ready(site)).await??;
    let (answered, progress) = watch::channel(0);
    let sending = tokio::spawn(send_all(Arc::clone(site), answered));
    let mut with_database = 0;
    for kill in &plan {
        alive(&mut program, wait_for(kill, progress.clone())).await?;
        with_database += usize::from(program.kill(kill.with_database)?);
        program = Program::start(binary, site)?;
    }
    let sent = alive(&mut program, sending).await???;
    alive(&mut program, ready(site)).await??;
    let shown = alive(&mut program, verdict::finals(site, &sent)).await??;
    program.stop().await?;
    let audit = site.audit().await?;
    ensure!(
        audit == Audit::default(),
        "the books do not balance: {audit:?}"
    );
    Ok(Report {
        kills: plan.len(),
        with_database,
        repeated: sent.iter().map(|one| one.tries - 1).sum(),
        left: verdict::left(&site.ledger()?, &shown)?,
        statuses: verdict::statuses(&shown),
        unknown: verdict::unknown(&shown, plan.len())?,
        took: SystemClock.now() - began,
    })
}

/// Waits for something while the program runs.
async fn alive<T>(program: &mut Program, what: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::select! {
        done = what => Ok(done),
        error = program.ended() => Err(error),
    }
}

/// Until the moment of a kill. A program that was just started may be killed before it is ready.
async fn wait_for(kill: &Kill, mut progress: watch::Receiver<usize>) {
    let later = match kill.when {
        When::Started(later) => later,
        When::Answered(count, later) => {
            // An error means that everything was answered.
            let _ = progress.wait_for(|answered| *answered >= count).await;
            later
        }
    };
    SystemClock.sleep_until(SystemClock.now() + later).await;
}

async fn ready(site: &Site) -> anyhow::Result<()> {
    let until = SystemClock.now() + START;
    loop {
        let request = site.client().request(Method::GET, "/health/ready");
        let answer = Answer::if_any(request).await;
        if answer.is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        ensure!(
            SystemClock.now() < until,
            "the program is not ready after {START}"
        );
        SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
    }
}
