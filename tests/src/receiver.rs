//! A receiver of webhooks on this machine: it keeps what arrives and answers as told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A call that arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// By their names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

/// A receiver that runs until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    arrived: Vec<Arrived>,
    /// The statuses of the next answers; then 204.
    statuses: VecDeque<u16>,
}

impl Receiver {
    /// Starts a receiver that takes everything.
    ///
    /// # Panics
    /// When this machine has no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { port, state, task }
    }

    /// The statuses of the next answers.
    pub fn answer(&self, statuses: impl IntoIterator<Item = u16>) {
        self.lock().statuses.extend(statuses);
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    /// What has arrived since the last question.
    #[must_use]
    pub fn arrived(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.lock().arrived)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Arrived {
    /// The body.
    ///
    /// # Panics
    /// When it is not JSON.
    #[must_use]
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether the call is signed with a secret, after Standard Webhooks.
    ///
    /// # Panics
    /// When the secret or a header is malformed.
    #[must_use]
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let secret = secret.strip_prefix("whsec_").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(secret).unwrap());
        let (id, at) = (
            &self.headers["webhook-id"],
            &self.headers["webhook-timestamp"],
        );
        let signed = [format!("{id}.{at}.").as_bytes(), &self.body].concat();
        let signature = self.headers["webhook-signature"]
            .strip_prefix("v1,")
            .unwrap();
        hmac::verify(&key, &signed, &STANDARD.decode(signature).unwrap()).is_ok()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut buffer = Vec::new();
    while let Some(arrived) = request(&mut stream, &mut buffer).await {
        let status = {
            let mut state = state.lock().unwrap();
            state.arrived.push(arrived);
            state.statuses.pop_front().unwrap_or(204)
        };
        let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The next request of a connection.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Arrived> {
    loop {
        if let Some((arrived, length)) = parsed(buffer) {
            buffer.drain(..length);
            return Some(arrived);
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => buffer.extend_from_slice(&part[..read]),
        }
    }
}

/// A whole request at the beginning of the bytes, and its length.
fn parsed(bytes: &[u8]) -> Option<(Arrived, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let headers: HashMap<_, _> = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let body = bytes.get(end..end + length)?.to_vec();
    Some((Arrived { headers, body }, end + length))
}
