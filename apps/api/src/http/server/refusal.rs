//! Refusals of connections beyond the limits.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Sent before the request is read, so it is the same for every request.
const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: application/problem+json\r\n\
    Content-Length: 135\r\n\
    Retry-After: 1\r\n\
    Connection: close\r\n\
    \r\n\
    {\"type\":\"/problems/unavailable\",\"title\":\"Service unavailable\",\"status\":503,\
    \"detail\":\"Too many connections are open. Nothing was done.\"}";

/// Most refused connections open at once; further ones are closed without an answer.
pub(super) const MOST: usize = 32;

/// How long a refused client has to read the answer.
const LINGER: Duration = Duration::from_secs(1);

/// Refuses connections.
pub(super) struct Refusals {
    listener: &'static str,
    places: Arc<Semaphore>,
}

impl Refusals {
    pub(super) fn new(listener: &'static str) -> Self {
        Self {
            listener,
            places: Arc::new(Semaphore::new(MOST)),
        }
    }

    /// Answers 503 and closes; closes without an answer if many refusals are in progress.
    pub(super) fn refuse(&self, stream: TcpStream) {
        metrics::counter!("http_connections_refused_total", "listener" => self.listener)
            .increment(1);
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            tokio::spawn(async move {
                let _ = timeout(LINGER, tell(stream)).await;
                drop(place);
            });
        }
    }
}

/// Reads and discards what the client sends: closing a socket with unread data resets the connection, and the
/// client would lose the answer.
async fn tell(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(ANSWER).await?;
    stream.shutdown().await?;
    let mut forgotten = [0; 1024];
    while stream.read(&mut forgotten).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_has_the_length_that_it_says() {
        let text = std::str::from_utf8(ANSWER).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["status"], 503);
    }
}
