//! HTTP load over persistent connections. The client is small and our own, because it shares the processors with
//! the product that it measures.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::machine::{float, pause};
use crate::numbers::Latencies;

/// Returns the `n`th request; `None` if there are no more.
pub(crate) type Requests = Arc<dyn Fn(u64) -> Option<Vec<u8>> + Send + Sync>;

/// The load to generate.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    /// Time before the measurement starts.
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
    pub(crate) requests: Requests,
}

/// The result of a load.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Answers per second within the measured time.
    pub(crate) per_second: f64,
    pub(crate) latencies: Latencies,
    /// Number of answers by status, including the warm-up.
    pub(crate) statuses: BTreeMap<u16, u64>,
}

impl Outcome {
    /// The number of answers with this status; an error if there were others.
    pub(crate) fn only(&self, status: u16) -> anyhow::Result<u64> {
        match self.statuses.iter().find(|(other, _)| **other != status) {
            Some(_) => bail!("expected only {status}, got {:?}", self.statuses),
            None => Ok(self.statuses.get(&status).copied().unwrap_or(0)),
        }
    }
}

impl Load {
    /// Generates the load, and waits until every request is answered.
    pub(crate) async fn run(self) -> anyhow::Result<Outcome> {
        let next = Arc::new(AtomicU64::new(0));
        let begin = Instant::now() + self.warm_up;
        let mut clients = JoinSet::new();
        for _ in 0..self.connections {
            clients.spawn(client(self.clone(), Arc::clone(&next), begin));
        }
        let mut outcome = Outcome::default();
        let (mut latencies, mut last) = (Vec::new(), begin);
        while let Some(seen) = clients.join_next().await {
            let seen = seen??;
            latencies.extend(seen.latencies);
            last = last.max(seen.last);
            for (status, count) in seen.statuses {
                *outcome.statuses.entry(status).or_default() += count;
            }
        }
        outcome.latencies = latencies.into_iter().collect();
        let answers = float(u64::try_from(outcome.latencies.count())?);
        outcome.per_second = answers / last.duration_since(begin).as_secs_f64().max(0.001);
        Ok(outcome)
    }
}

struct Seen {
    latencies: Vec<Duration>,
    statuses: BTreeMap<u16, u64>,
    /// The last measured answer.
    last: Instant,
}

async fn client(load: Load, next: Arc<AtomicU64>, begin: Instant) -> anyhow::Result<Seen> {
    let mut connection = Connection::open(load.address).await?;
    let end = begin + load.measured;
    let mut seen = Seen {
        latencies: Vec::new(),
        statuses: BTreeMap::new(),
        last: begin,
    };
    while Instant::now() < end {
        let Some(request) = (load.requests)(next.fetch_add(1, Ordering::Relaxed)) else {
            break;
        };
        let sent = Instant::now();
        let status = connection.call(&request).await?;
        let answered = Instant::now();
        *seen.statuses.entry(status).or_default() += 1;
        if answered >= begin {
            seen.latencies.push(answered - sent);
            seen.last = answered;
        }
    }
    Ok(seen)
}

/// Requests that arrive at a constant rate, whether or not earlier ones have been answered.
#[derive(Clone)]
pub(crate) struct OpenLoad {
    pub(crate) address: SocketAddr,
    /// Most requests without an answer; later ones wait for a connection, which counts as their time.
    pub(crate) connections: usize,
    pub(crate) per_second: f64,
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
    pub(crate) requests: Requests,
}

/// What became of the requests of an [`OpenLoad`].
#[derive(Debug, Default)]
pub(crate) struct Offered {
    /// Answers to the requests that were due in the measured time.
    pub(crate) measured: Vec<OneAnswer>,
    /// Number of all answers.
    all: u64,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneAnswer {
    pub(crate) status: u16,
    pub(crate) has_retry_after: bool,
    /// Since the request was due.
    pub(crate) took: Duration,
}

impl Offered {
    /// The number of all answers.
    pub(crate) const fn count(&self) -> u64 {
        self.all
    }
}

impl OpenLoad {
    /// Generates the load, and waits until every request is answered.
    pub(crate) async fn run(self) -> anyhow::Result<Offered> {
        let next = Arc::new(AtomicU64::new(0));
        let begin = Instant::now() + Duration::from_millis(200);
        let mut clients = JoinSet::new();
        for _ in 0..self.connections {
            clients.spawn(open_client(self.clone(), Arc::clone(&next), begin));
        }
        let mut offered = Offered::default();
        while let Some(client) = clients.join_next().await {
            let client = client??;
            offered.all += client.all;
            offered.measured.extend(client.measured);
        }
        Ok(offered)
    }
}

async fn open_client(
    load: OpenLoad,
    next: Arc<AtomicU64>,
    begin: Instant,
) -> anyhow::Result<Offered> {
    let mut connection = Connection::open(load.address).await?;
    let (from, to) = (begin + load.warm_up, begin + load.warm_up + load.measured);
    let mut offered = Offered::default();
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let due = begin + Duration::from_secs_f64(float(n) / load.per_second);
        let Some(request) = (load.requests)(n).filter(|_| due < to) else {
            return Ok(offered);
        };
        pause(due.saturating_duration_since(Instant::now())).await;
        let status = connection.call(&request).await?;
        offered.all += 1;
        if due >= from {
            offered.measured.push(OneAnswer {
                status,
                has_retry_after: connection.has_header("retry-after"),
                took: due.elapsed(),
            });
        }
    }
}

/// One kept-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .context("connect to the product")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request, reads the whole answer, and returns its status.
    pub(crate) async fn call(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the product closed the connection");
            }
            if let Some(head) = Head::of(&self.buffer)?
                && self.buffer.len() >= head.length
            {
                return Ok(head.status);
            }
        }
    }

    /// Whether the last answer has a header; its name is given in lower case.
    fn has_header(&self, name: &str) -> bool {
        let end = end_of_head(&self.buffer).unwrap_or(0);
        let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default());
        let mut names = head.lines().filter_map(|line| line.split_once(':'));
        names.any(|(other, _)| other.eq_ignore_ascii_case(name))
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        let start = end_of_head(&self.buffer).unwrap_or(self.buffer.len());
        self.buffer.get(start..).unwrap_or_default()
    }
}

struct Head {
    status: u16,
    /// Of the whole answer, in bytes.
    length: usize,
}

impl Head {
    /// `None` while the head is incomplete.
    fn of(answer: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = end_of_head(answer) else {
            return Ok(None);
        };
        let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.context("no status in the answer")?.parse()?;
        let body: usize = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .context("an answer without a length")?
            .1
            .trim()
            .parse()?;
        Ok(Some(Self {
            status,
            length: end + body,
        }))
    }
}

fn end_of_head(answer: &[u8]) -> Option<usize> {
    answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}
