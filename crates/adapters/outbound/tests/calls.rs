//! Calls to servers on this machine: what is sent, what an answer counts as, and that nothing that is not public
//! is connected to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sms_domain::ports::{CallFault, FetchFault, OutboundCall, OutboundCalls as _};
use sms_outbound::{OutboundHttp, OutboundLimits, Reach};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that gives every connection the same answer; `None` = it stays silent.
struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(answer: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, connections) = (
            Arc::<Mutex<Vec<String>>>::default(),
            Arc::<Mutex<usize>>::default(),
        );
        let (seen, counted) = (Arc::clone(&requests), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                *counted.lock().unwrap() += 1;
                let (answer, seen) = (answer.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let mut buffer = vec![0; 64 * 1024];
                    let read = stream.read(&mut buffer).await.unwrap_or(0);
                    seen.lock()
                        .unwrap()
                        .push(String::from_utf8_lossy(&buffer[..read]).into_owned());
                    match answer {
                        Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                        None => std::future::pending().await,
                    }
                });
            }
        });
        Self {
            port,
            requests,
            connections,
            task,
        }
    }

    async fn answering(status: &str) -> Self {
        Self::start(Some(format!(
            "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"
        )))
        .await
    }

    fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn caller(reach: Reach) -> OutboundHttp {
    let limits = OutboundLimits {
        connect: Duration::from_millis(500),
        call: Duration::from_millis(800),
        answer: 1024,
    };
    OutboundHttp::new(reach, limits).unwrap()
}

fn call(url: String) -> OutboundCall {
    OutboundCall {
        url,
        headers: vec![("webhook-id", "event-1".to_owned())],
        body: br#"{"type":"message.status"}"#.to_vec(),
    }
}

#[tokio::test]
async fn a_call_posts_the_body_and_the_headers() {
    let server = Server::answering("204 No Content").await;
    let url = format!("http://127.0.0.1:{}/hooks?a=1", server.port);
    assert_eq!(caller(Reach::PrivateToo).post(&call(url)).await, Ok(204));
    let requests = server.requests.lock().unwrap();
    let request = requests[0].to_lowercase();
    assert!(
        request.starts_with("post /hooks?a=1 http/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("content-type: application/json\r\n"),
        "{request}"
    );
    assert!(request.contains("webhook-id: event-1\r\n"), "{request}");
    assert!(
        request.ends_with("\r\n\r\n{\"type\":\"message.status\"}"),
        "{request}"
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Server::answering("200 OK").await;
    let location = format!("302 Found\r\nLocation: http://127.0.0.1:{}/", other.port);
    let server = Server::answering(&location).await;
    let url = format!("http://127.0.0.1:{}/", server.port);
    assert_eq!(caller(Reach::PrivateToo).post(&call(url)).await, Ok(302));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn nothing_that_is_not_public_is_connected_to() {
    let server = Server::answering("200 OK").await;
    let port = server.port;
    let caller = caller(Reach::Public);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "localhost.",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
    ] {
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{host}:{port}/");
            let answer = caller.post(&call(url.clone())).await;
            assert!(answer.is_err(), "{url}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_long_answer_is_cut_off_and_its_status_counts() {
    let endless = format!(
        "HTTP/1.1 500 No\r\nContent-Length: 99999999\r\n\r\n{}",
        "a".repeat(32_000)
    );
    let server = Server::start(Some(endless)).await;
    let url = format!("http://127.0.0.1:{}/", server.port);
    assert_eq!(caller(Reach::PrivateToo).post(&call(url)).await, Ok(500));
}

#[tokio::test]
async fn silence_ends_with_the_limit_of_time() {
    let server = Server::start(None).await;
    let url = format!("http://127.0.0.1:{}/", server.port);
    let answer = caller(Reach::PrivateToo).post(&call(url)).await;
    assert_eq!(answer, Err(CallFault::Timeout));
}

#[tokio::test]
async fn a_closed_port_and_an_answer_that_is_not_http_are_faults() {
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    let caller = caller(Reach::PrivateToo);
    assert_eq!(caller.post(&call(url)).await, Err(CallFault::NoConnection));
    let babbler = Server::start(Some("220 mail.acme.com ESMTP\r\n".to_owned())).await;
    let url = format!("http://127.0.0.1:{}/", babbler.port);
    assert_eq!(caller.post(&call(url)).await, Err(CallFault::BrokenOff));
}

#[tokio::test]
async fn what_is_at_a_url_is_read_with_its_type() {
    let server = Server::start(Some(
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5\r\n\r\nabcde".to_owned(),
    ))
    .await;
    let url = format!("http://127.0.0.1:{}/roof.png", server.port);
    let found = caller(Reach::PrivateToo).fetch(&url, 5).await;
    let found = found.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(found.content_type.as_deref(), Some("image/png"));
    assert_eq!(found.content, b"abcde");
    let request = server.requests.lock().unwrap()[0].to_lowercase();
    assert!(
        request.starts_with("get /roof.png http/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("accept-encoding: identity\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn what_is_larger_than_asked_for_is_not_read_whether_it_says_so_or_not() {
    for headers in ["Content-Length: 6\r\n", "Connection: close\r\n"] {
        let server = Server::start(Some(format!("HTTP/1.1 200 OK\r\n{headers}\r\nabcdef"))).await;
        let url = format!("http://127.0.0.1:{}/", server.port);
        let found = caller(Reach::PrivateToo).fetch(&url, 5).await;
        assert_eq!(found.err(), Some(FetchFault::TooLarge), "{headers}");
    }
}

#[tokio::test]
async fn another_status_than_200_and_silence_are_faults() {
    let other = Server::answering("200 OK").await;
    let redirect = format!("302 Found\r\nLocation: http://127.0.0.1:{}/", other.port);
    for (status, expected) in [
        (redirect.as_str(), 302),
        ("404 Not Found", 404),
        ("204 No Content", 204),
    ] {
        let server = Server::answering(status).await;
        let url = format!("http://127.0.0.1:{}/", server.port);
        let found = caller(Reach::PrivateToo).fetch(&url, 5).await;
        assert_eq!(found.err(), Some(FetchFault::Status(expected)));
    }
    assert_eq!(other.connections(), 0);
    let silent = Server::start(None).await;
    let url = format!("http://127.0.0.1:{}/", silent.port);
    let found = caller(Reach::PrivateToo).fetch(&url, 5).await;
    assert_eq!(found.err(), Some(FetchFault::Timeout));
}

#[tokio::test]
async fn what_is_not_public_is_not_read() {
    let server = Server::answering("200 OK").await;
    for scheme in ["https", "http"] {
        let url = format!("{scheme}://127.0.0.1:{}/", server.port);
        let found = caller(Reach::Public).fetch(&url, 5).await;
        assert_eq!(found.err(), Some(FetchFault::NotPublic));
    }
    assert_eq!(server.connections(), 0);
}
