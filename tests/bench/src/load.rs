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

use crate::machine::float;
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
