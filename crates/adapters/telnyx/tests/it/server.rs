//! A server on the loopback interface that treats every request the same way.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// What the server does.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Answers each request with these bytes and keeps the connection.
    Answer(String),
    /// Answers the first request with these bytes and closes.
    AnswerAndClose(String),
    /// Reads a request and closes.
    Close,
    /// Reads a request and resets the connection.
    Reset,
    /// Never answers.
    Silence,
    /// Sends plain bytes before the client's TLS handshake.
    Greet(&'static str),
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

/// A port without a listener, reserved until it is dropped.
pub(crate) struct RefusingPort(TcpSocket);

impl RefusingPort {
    pub(crate) fn reserve() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v2", self.0.local_addr().unwrap())
    }
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<String>,
}

impl Server {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Seen>>::default();
        let task = tokio::spawn(serve(listener, behaviour, Arc::clone(&seen)));
        Self { port, seen, task }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    /// The requests so far, each with its head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An HTTP answer with a JSON body; `status` is the code with its phrase.
pub(crate) fn json_answer(status: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn serve(listener: TcpListener, behaviour: Behaviour, seen: Arc<Mutex<Seen>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        seen.lock().unwrap().connections += 1;
        tokio::spawn(attend(stream, behaviour.clone(), Arc::clone(&seen)));
    }
}

async fn attend(mut stream: TcpStream, behaviour: Behaviour, seen: Arc<Mutex<Seen>>) {
    if let Behaviour::Greet(greeting) = &behaviour {
        stream.write_all(greeting.as_bytes()).await.unwrap();
    }
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().requests.push(request);
        match &behaviour {
            Behaviour::Answer(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            Behaviour::AnswerAndClose(answer) => {
                stream.write_all(answer.as_bytes()).await.unwrap();
                return;
            }
            Behaviour::Close => return,
            Behaviour::Reset => return stream.set_zero_linger().unwrap(),
            Behaviour::Silence | Behaviour::Greet(_) => {}
        }
    }
}

/// The next request; `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
        let text = String::from_utf8_lossy(&bytes);
        if text
            .split_once("\r\n\r\n")
            .is_some_and(|(head, body)| body.len() >= length(head))
        {
            return Some(text.into_owned());
        }
    }
}

fn length(head: &str) -> usize {
    head.lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}
