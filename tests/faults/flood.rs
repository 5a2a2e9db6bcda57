//! Clients that exhaust resources: connections that send nothing or half a request, or do not read, more than
//! the API may have open files. In the meantime a proper request is answered within a second, memory stays
//! bounded, and the attacking connections are closed.

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

/// The API's limit of open files in runs with a low limit.
const FEW_FILES: u32 = 1024;

/// Connections per attack: more than [`FEW_FILES`], or as many as a test can open.
const COUNTS: [usize; 2] = [1_200, 8_000];

/// Time limit for the answer to a proper request.
const ANSWERED: Duration = Duration::from_secs(1);

/// Attempts before an answer counts as late, because the machine has other work.
const TRIES: usize = 3;

/// Allowed growth of the API's memory during attacks, in KiB.
const MEMORY: u64 = 96 * 1024;

/// Time after which a connection with half a header must be closed, with a margin for a busy machine.
const CLOSED: TimeDelta = TimeDelta::seconds(20);

/// How long the API's processor use is measured while it cannot accept connections.
const WATCHED: TimeDelta = TimeDelta::seconds(2);
const PROCESSOR: f64 = 0.5;

/// What each connection of an attack sends before it stalls.
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

    /// The number of connections for this attack, at most `count`; fewer where more would only take time.
    fn count(self, count: usize) -> usize {
        match self {
            Self::LongHeader => count.min(400),
            Self::Idle | Self::HalfHeader | Self::HalfBody | Self::DoesNotListen => count,
        }
    }
}

/// The order and size of the attacks that a seed draws.
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

/// Opens connections that send the attack's bytes, as far as the API reads them.
async fn open(address: SocketAddr, attack: Attack, count: usize) -> Vec<TcpStream> {
    const AT_ONCE: usize = 64;
    let words: Arc<[u8]> = attack.words().into();
    let (mut opening, mut held) = (JoinSet::new(), Vec::new());
    for _ in 0..count {
        let words = Arc::clone(&words);
        opening.spawn(async move {
            let mut stream = TcpStream::connect(address).await.ok()?;
            // The API does not have to read all of it.
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

/// Sends a message from another client, and fails unless it is answered in time.
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

/// Fails unless the API closes all connections in time.
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

/// Lets the API open no file for a while, and connects to it: the API must pause instead of retrying in a busy
/// loop.
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

/// Processor time that a process has used, in seconds.
fn processor(id: u32) -> anyhow::Result<f64> {
    /// Clock ticks per second (proc_pid_stat(5)); the same on every Linux.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name in parentheses may contain any character.
    let (_, rest) = stat.rsplit_once(')').context("stat")?;
    let fields = rest.split_whitespace().skip(11).take(2);
    let ticks: f64 = fields.map(|field| field.parse().unwrap_or(0.0)).sum();
    Ok(ticks / TICKS_A_SECOND)
}
