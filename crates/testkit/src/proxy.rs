//! A proxy between a program and its Postgres that can go silent: connections stay open, but no data moves
//! on them any more.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Which connections are forwarded.
#[derive(Debug, Clone, Copy, Default)]
struct Forwarded {
    /// Connections with a lower number are silent.
    since: u64,
    /// Whether all connections are silent.
    nothing: bool,
}

/// A proxy that listens on loopback until it is dropped, and forwards to a server's Unix socket.
pub struct SilentProxy {
    url: String,
    forwarded: Arc<watch::Sender<(Forwarded, u64)>>,
    listening: AbortHandle,
}

impl SilentProxy {
    /// Starts a proxy to the server of `url`, a URL of the embedded server.
    ///
    /// # Errors
    /// When the proxy cannot listen.
    ///
    /// # Panics
    /// When `url` names no Unix socket.
    pub async fn start(url: &str) -> std::io::Result<Self> {
        let (user, rest) = url.split_once('@').expect("a URL with a user");
        let (folder, database) = rest.split_once('/').expect("a URL with a database");
        let socket = PathBuf::from(decoded(folder)).join(".s.PGSQL.5432");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("{user}@{}/{database}", listener.local_addr()?);
        let forwarded = Arc::new(watch::Sender::new((Forwarded::default(), 0)));
        let listening = tokio::spawn(listen(listener, socket, Arc::clone(&forwarded)));
        Ok(Self {
            url,
            forwarded,
            listening: listening.abort_handle(),
        })
    }

    /// The URL of the same database through the proxy.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Silences all open connections permanently; new ones work.
    pub fn silence_open_connections(&self) {
        self.forwarded
            .send_modify(|(forwarded, next)| forwarded.since = *next);
    }

    /// Silences all connections, including new ones.
    pub fn silence_all(&self) {
        self.forwarded
            .send_modify(|(forwarded, _)| forwarded.nothing = true);
    }

    /// Lets new connections work again; silent ones stay silent.
    pub fn recover(&self) {
        self.forwarded.send_modify(|(forwarded, next)| {
            *forwarded = Forwarded {
                since: *next,
                nothing: false,
            };
        });
    }
}

impl Drop for SilentProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    socket: PathBuf,
    forwarded: Arc<watch::Sender<(Forwarded, u64)>>,
) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let mut number = 0;
        forwarded.send_modify(|(_, next)| {
            number = *next;
            *next += 1;
        });
        let silence = forwarded.subscribe();
        connections.spawn(forward(client, socket.clone(), number, silence));
    }
}

/// Forwards until the connection is silenced, and then keeps both ends open.
async fn forward(
    mut client: TcpStream,
    socket: PathBuf,
    number: u64,
    mut silence: watch::Receiver<(Forwarded, u64)>,
) {
    let is_silent =
        |(forwarded, _): &(Forwarded, u64)| forwarded.nothing || number < forwarded.since;
    if is_silent(&silence.borrow()) {
        return std::future::pending().await;
    }
    // Closing imitates a connection to a server that is down.
    let Ok(mut server) = UnixStream::connect(socket).await else {
        return;
    };
    let is_over = tokio::select! {
        biased;
        silent = silence.wait_for(is_silent) => silent.is_err(),
        _ = copy_bidirectional(&mut client, &mut server) => true,
    };
    if !is_over {
        std::future::pending::<()>().await;
    }
}

/// The text with percent escapes decoded.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        decoded.extend(u8::from_str_radix(code, 16).ok());
        decoded.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_is_read_from_its_url() {
        assert_eq!(decoded("%2Ftmp%2Fmy%20data"), "/tmp/my data");
    }
}
