//! Connections that can be closed without an answer, which the HTTP framework does not offer: the handler
//! severs the peer's connection, so that writing the response fails.

use std::{
    collections::HashMap,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use poem::{
    http::uri::Scheme,
    listener::{Acceptor, TcpAcceptor},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::sync::lock;

/// The open connections, by peer address.
#[derive(Default)]
pub(crate) struct Connections(Mutex<HashMap<SocketAddr, Arc<AtomicBool>>>);

impl Connections {
    /// Severs the connection of `peer`: nothing more is written to it.
    pub(super) fn sever(&self, peer: &RemoteAddr) {
        let peer = peer.as_socket_addr();
        if let Some(severed) = peer.and_then(|peer| lock(&self.0).get(peer).cloned()) {
            severed.store(true, Ordering::Relaxed);
        }
    }
}

/// Accepts connections that [`Connections::sever`] can close.
pub(crate) struct SeverableAcceptor {
    inner: TcpAcceptor,
    connections: Arc<Connections>,
}

impl SeverableAcceptor {
    pub(crate) fn new(inner: TcpAcceptor, connections: Arc<Connections>) -> Self {
        Self { inner, connections }
    }
}

impl Acceptor for SeverableAcceptor {
    type Io = SeverableStream;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let (stream, local, remote, scheme) = self.inner.accept().await?;
        // Answers are small, and waiting to fill a packet would only add latency.
        stream.set_nodelay(true)?;
        let peer = stream.peer_addr()?;
        let severed = Arc::new(AtomicBool::new(false));
        lock(&self.connections.0).insert(peer, Arc::clone(&severed));
        let connections = Arc::clone(&self.connections);
        Ok((
            SeverableStream {
                stream,
                peer,
                severed,
                connections,
            },
            local,
            remote,
            scheme,
        ))
    }
}

/// A TCP stream whose writes fail once it is severed.
pub(crate) struct SeverableStream {
    stream: TcpStream,
    peer: SocketAddr,
    severed: Arc<AtomicBool>,
    connections: Arc<Connections>,
}

impl SeverableStream {
    fn check(&self) -> io::Result<()> {
        if self.severed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl Drop for SeverableStream {
    fn drop(&mut self) {
        lock(&self.connections.0).remove(&self.peer);
    }
}

impl AsyncRead for SeverableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for SeverableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
