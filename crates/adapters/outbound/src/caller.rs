//! One HTTP call to a URL that a customer named, without retries.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use reqwest::{Client, Response, StatusCode, Url, redirect, retry};
use sms_domain::ports::{CallFault, FetchFault, Fetched, OutboundCall, OutboundCalls, UrlFault};

use crate::resolver::{CheckingResolver, NotPublic};
use crate::target::Reach;

/// Idle time after which we close a connection, before the receiver does.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);

/// The most idle connections that are kept for one host.
const IDLE_CONNECTIONS: usize = 32;

/// The limits of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundLimits {
    /// The longest time until a connection stands, with the look-up of the name.
    pub connect: Duration,
    /// The longest time of a whole call.
    pub call: Duration,
    /// The most bytes of an answer's body that are read.
    pub answer: usize,
}

impl Default for OutboundLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(15),
            answer: 16 * 1024,
        }
    }
}

/// The HTTP client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client for customers' addresses")]
pub struct SetupError(#[source] reqwest::Error);

/// Calls URLs of customers.
pub struct OutboundHttp {
    client: Client,
    reach: Reach,
    limits: OutboundLimits,
}

impl OutboundHttp {
    /// A caller with a reach and limits.
    ///
    /// # Errors
    /// [`SetupError`] when this machine has no usable certificates.
    pub fn new(reach: Reach, limits: OutboundLimits) -> Result<Self, SetupError> {
        Self::over(CheckingResolver::new(reach), reach, limits)
    }

    fn over(
        resolver: CheckingResolver,
        reach: Reach,
        limits: OutboundLimits,
    ) -> Result<Self, SetupError> {
        // An error means that the process has a provider already, which suffices.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("sms-api/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .timeout(limits.call)
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(Arc::new(resolver))
            .build()
            .map_err(SetupError)?;
        Ok(Self {
            client,
            reach,
            limits,
        })
    }

    async fn get(&self, url: Url) -> Result<Response, FetchFault> {
        // Content codings could make a small answer a large one.
        let request = self.client.get(url).header(ACCEPT_ENCODING, "identity");
        let response = request.send().await;
        let response = response.map_err(|error| fetch_fault(&error))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            other => Err(FetchFault::Status(other.as_u16())),
        }
    }

    /// Reads the body up to the limit, so that the connection can be used again. What the receiver says
    /// beyond its status does not matter.
    async fn drain(&self, mut response: Response) -> Result<(), CallFault> {
        let mut left = self.limits.answer;
        while let Some(part) = response.chunk().await.map_err(|error| fault(&error))? {
            match left.checked_sub(part.len()) {
                Some(rest) => left = rest,
                // Dropping the response closes the connection.
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl OutboundCalls for OutboundHttp {
    fn check(&self, url: &str) -> Result<(), UrlFault> {
        self.reach.target(url).map(drop)
    }

    async fn post(&self, call: &OutboundCall) -> Result<u16, CallFault> {
        // Checked again: the URL may have been stored under another reach.
        let url = self
            .reach
            .target(&call.url)
            .map_err(|_| CallFault::NotPublic)?;
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|error| fault(&error))?;
        let status = response.status().as_u16();
        // A receiver that breaks off after its status has answered.
        match self.drain(response).await {
            Err(CallFault::Timeout) => Err(CallFault::Timeout),
            Ok(()) | Err(_) => Ok(status),
        }
    }

    async fn fetch(&self, url: &str, most: usize) -> Result<Fetched, FetchFault> {
        let url = self.reach.target(url).map_err(|_| FetchFault::NotPublic)?;
        let mut response = self.get(url).await?;
        let stated = response.content_length().unwrap_or_default();
        if usize::try_from(stated).map_or(true, |stated| stated > most) {
            return Err(FetchFault::TooLarge);
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|of| of.to_str().ok())
            .map(str::to_owned);
        let mut content = Vec::new();
        while let Some(part) = (response.chunk().await).map_err(|error| fetch_fault(&error))? {
            if content.len().saturating_add(part.len()) > most {
                return Err(FetchFault::TooLarge);
            }
            content.extend_from_slice(&part);
        }
        Ok(Fetched {
            content_type,
            content,
        })
    }
}

/// What kept content from being read.
fn fetch_fault(error: &reqwest::Error) -> FetchFault {
    match fault(error) {
        CallFault::NotPublic => FetchFault::NotPublic,
        CallFault::NoConnection => FetchFault::NoConnection,
        CallFault::Timeout => FetchFault::Timeout,
        CallFault::BrokenOff | CallFault::NoSecret => FetchFault::BrokenOff,
    }
}

/// What kept a call from being answered.
fn fault(error: &reqwest::Error) -> CallFault {
    if is_not_public(error) {
        CallFault::NotPublic
    } else if error.is_timeout() {
        CallFault::Timeout
    } else if error.is_connect() {
        CallFault::NoConnection
    } else {
        CallFault::BrokenOff
    }
}

fn is_not_public(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return true;
        }
        source = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A public name whose address is that of this machine, as an attacker's resolver would say.
    #[tokio::test]
    async fn a_public_name_with_the_address_of_this_machine_is_not_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let resolver = CheckingResolver::over(Reach::Public, move |_| {
            Box::pin(std::future::ready(Ok(vec![address])))
        });
        let caller = OutboundHttp::over(resolver, Reach::Public, OutboundLimits::default());
        let call = OutboundCall {
            url: format!("https://hooks.acme.com:{}/", address.port()),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let answer = caller.unwrap().post(&call).await;
        assert_eq!(answer, Err(CallFault::NotPublic));
        let accepted = is_pending(listener.accept());
        assert!(accepted, "a connection arrived");
    }

    /// Whether a future has nothing yet.
    fn is_pending<T>(future: impl Future<Output = T>) -> bool {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        future.as_mut().poll(&mut context).is_pending()
    }
}
