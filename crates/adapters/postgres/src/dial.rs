//! Connects to the server: with TLS, without, or first one and then the other, as the address says.
//!
//! It must not know what the connection is for.

use std::pin::Pin;

use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::address::{Address, Way};
use crate::error::Cause;

/// Drives a connection until it ends. Dropping it closes the socket.
pub(crate) type Driven = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// Connects in the first way that the server accepts. Has no deadline.
pub(crate) async fn dial(address: &Address) -> Result<(Client, Driven), Cause> {
    let mut ways = address.ways().iter().copied().peekable();
    loop {
        let way = ways.next().unwrap_or(Way::Encrypted);
        match attempt(address, way).await {
            Err(cause) if cause.is_about_the_way() && ways.peek().is_some() => {
                if way == Way::Offered {
                    tracing::warn!(
                        at = address.at,
                        %cause,
                        "TLS with the database failed: going on without, as sslmode=prefer says"
                    );
                }
            }
            other => return other,
        }
    }
}

async fn attempt(address: &Address, way: Way) -> Result<(Client, Driven), Cause> {
    let config = address.config(way);
    if way == Way::Plain {
        let (client, connection) = config.connect(NoTls).await?;
        return Ok((client, Box::pin(connection)));
    }
    let tls = address.tls.clone();
    // Reads certificate files.
    let tls = tokio::task::spawn_blocking(move || tls.client_config())
        .await
        .map_err(|ended| Cause::Setup(ended.into()))??;
    let (client, connection) = config.connect(MakeRustlsConnect::new(tls)).await?;
    Ok((client, Box::pin(connection)))
}
