//! Clients that hold what others need: connections that say nothing, that say half of something, or that
//! do not listen, more than the API may have files open. Whoever asks something is answered within a
//! second meanwhile, memory stays bounded, and what is held is closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use reqwest::Method;
use sms_api::http::server::files;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_tests::{Answer, message};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::draws::Draws;
use crate::folder::Folder;
use crate::kind::Kind;
use crate::load::{Sent, text};
use crate::plan::Plan;
use crate::process::{Binaries, sh};
use crate::verdict::{self, Report};
use crate::world::World;

/// What the API may have open where a seed says that it is little.
const FEW_FILES: u32 = 1024;

/// Connections of one attack: more than [`FEW_FILES`], or as many as a test can open.
const COUNTS: [usize; 2] = [1_200, 8_000];

/// How soon who asks something must be answered.
const ANSWERED: Duration = Duration::from_secs(1);

/// How often it is asked before the answer counts as late: this machine has other work.
const TRIES: usize = 3;

/// How much more memory the API may take than before any attack, in KiB.
const MEMORY: u64 = 96 * 1024;

/// When half a header must be gone, with what a busy machine takes on top.
const CLOSED: TimeDelta = TimeDelta::seconds(20);

/// How long the API is watched while it can take no connection, and how much of a processor it may use.
const WATCHED: TimeDelta = TimeDelta::seconds(2);
const PROCESSOR: f64 = 0.5;

/// What each connection of an attack says and then says no more.
#[derive(Debug, Clone, Copy)]
enum Attack {
    Idle,
    HalfHeader,
    LongHeader,
    HalfBody,
    DoesNotListen,
}

impl Attack {
    const ALL: [Self; 5] = [
        Self::Idle,
        Self::HalfHeader,
        Self::LongHeader,
        Self::HalfBody,
        Self::DoesNotListen,
    ];

    fn words(self) -> Vec<u8> {
        match self {
            Self::Idle => Vec::new(),
            Self::HalfHeader => b"POST /sms/send HTTP/1.1\r\nHost: here\r\nContent-Le".to_vec(),
            Self::LongHeader => {
                let filler = "X-Filler: and nothing else\r\n".repeat(14_000);
                format!("GET /docs HTTP/1.1\r\n{filler}").into_bytes()
            }
            Self::HalfBody => b"POST /webhooks/telnyx HTTP/1.1\r\nHost: here\r\n\
                Content-Length: 1000000\r\n\r\n{\"data\":"
                .to_vec(),
            Self::DoesNotListen => b"GET /docs HTTP/1.1\r\nHost: here\r\n\r\n".repeat(8),
        }
    }

    /// Whether all of `count` are worth the time that they take.
    fn count(self, count: usize) -> usize {
        match self {
            Self::LongHeader => count.min(400),
            Self::Idle | Self::HalfHeader | Self::HalfBody | Self::DoesNotListen => count,
        }
    }
}

/// What a seed draws: the order of attacks, and how large they are.
fn attacks(seed: u64) -> (Option<u32>, usize, Vec<Attack>) {
    let mut draws = Draws::new(seed);
    let files = draws.one_in(2).then_some(FEW_FILES);
    let count = COUNTS[draws.below(COUNTS.len())];
    let (mut left, mut attacks) = (Attack::ALL.to_vec(), Vec::new());
    while let Some(attack) = draws.take(&mut left) {
        attacks.push(attack);
    }
    (files, count, attacks)
}

pub(crate) async fn run(
    binaries: &Binaries,
    folder: &Arc<Folder>,
    seed: u64,
) -> anyhow::Result<Report> {
    let began = SystemClock.now();
    let (open_files, count, attacks) = attacks(seed);
    files::raise();
    let plan = Plan {
        open_files,
        ..Kind::Flood.plan(seed)
    };
    let mut world = World::start(folder, binaries, &plan).await?;
    asks(&world, 0).await?;
    let before = memory(&mut world)?;
    for (number, attack) in attacks.into_iter().enumerate() {
        world.events.faults += 1;
        let held = open(world.address, attack, attack.count(count)).await;
        ensure!(
            held.len() >= FEW_FILES as usize || held.len() >= attack.count(count),
            "only {} connections could be opened",
            held.len()
        );
        asks(&world, 1 + number)
            .await
            .with_context(|| format!("during {attack:?} of {}", held.len()))?;
        let taken = memory(&mut world)?.saturating_sub(before);
        ensure!(taken < MEMORY, "{taken} KiB more during {attack:?}");
        if matches!(attack, Attack::HalfHeader) {
            all_closed(held).await?;
        }
        world.is_alive()?;
    }
    without_files(&mut world).await?;
    asks(&world, 1 + Attack::ALL.len()).await?;
    let shown = verdict::finals(&mut world, &plan).await?;
    world.stop().await?;
    verdict::books(&world).await?;
    verdict::judge(&world, &shown, began)
}

/// Opens connections that say their words, as far as they are let.
async fn open(address: SocketAddr, attack: Attack, count: usize) -> Vec<TcpStream> {
    const AT_ONCE: usize = 64;
    let words: Arc<[u8]> = attack.words().into();
    let (mut opening, mut held) = (JoinSet::new(), Vec::new());
    for _ in 0..count {
        let words = Arc::clone(&words);
        opening.spawn(async move {
            let mut stream = TcpStream::connect(address).await.ok()?;
            // Nobody has to take all of it.
            let _ = timeout(Duration::from_secs(1), stream.write_all(&words)).await;
            Some(stream)
        });
        if opening.len() >= AT_ONCE {
            held.extend(opening.join_next().await.and_then(Result::ok).flatten());
        }
    }
    held.extend(opening.join_all().await.into_iter().flatten());
    held
}

/// Somebody else sends a message and is answered in time.
async fn asks(world: &World, n: usize) -> anyhow::Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        let body = message(world.customer.conversation(n), &text(n));
        let client = world.customer.client().clone().without_pool();
        let request = client.request(Method::POST, "/sms/send");
        let request = request.header("Idempotency-Key", format!("key-{n}"));
        let asked = SystemClock.now();
        let answer = Answer::if_any(request.json(&body).timeout(ANSWERED)).await;
        match answer {
            Ok(answer) if answer.status == 201 => {
                world.answered.add(Sent {
                    n,
                    id: answer.id(),
                    tries,
                });
                return Ok(());
            }
            other if tries == TRIES => {
                let took = SystemClock.now() - asked;
                anyhow::bail!("not answered in time, {tries} times; at last {other:?} in {took}")
            }
            _ => {}
        }
    }
}

/// The resident memory of the API, in KiB.
fn memory(world: &mut World) -> anyhow::Result<u64> {
    let status = format!("/proc/{}/status", world.api.running()?.id());
    let status = std::fs::read_to_string(status)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("VmRSS")?.parse()?)
}

/// Everything is closed by the other side in time.
async fn all_closed(held: Vec<TcpStream>) -> anyhow::Result<()> {
    let until = SystemClock.now() + CLOSED;
    for mut stream in held {
        let left = (until - SystemClock.now()).to_std().unwrap_or_default();
        let mut some = [0; 512];
        let closed = async { while stream.read(&mut some).await.is_ok_and(|read| read > 0) {} };
        let is_closed = timeout(left, closed).await.is_ok();
        ensure!(is_closed, "half a header is held for {CLOSED}");
    }
    Ok(())
}

/// The API may open no file for a while, and somebody knocks: it must wait, not ask again and again.
async fn without_files(world: &mut World) -> anyhow::Result<()> {
    let id = world.api.running()?.id();
    sh(&format!("prlimit --pid {id} --nofile=3:"))?;
    let knocking = open(world.address, Attack::Idle, 50).await;
    let (used, since) = (processor(id)?, SystemClock.now());
    SystemClock.sleep_until(since + WATCHED).await;
    let (used, took) = (processor(id)? - used, SystemClock.now() - since);
    sh(&format!("prlimit --pid {id} --nofile={FEW_FILES}:"))?;
    drop(knocking);
    world.events.faults += 1;
    let share = used / took.as_seconds_f64();
    ensure!(share < PROCESSOR, "{share:.2} processors without files");
    Ok(())
}

/// How much of a processor's time a process has used, in seconds.
fn processor(id: u32) -> anyhow::Result<f64> {
    /// What the kernel counts in (proc_pid_stat(5)); the same on every Linux.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name in brackets may hold anything.
    let (_, rest) = stat.rsplit_once(')').context("stat")?;
    let fields = rest.split_whitespace().skip(11).take(2);
    let ticks: f64 = fields.map(|field| field.parse().unwrap_or(0.0)).sum();
    Ok(ticks / TICKS_A_SECOND)
}
