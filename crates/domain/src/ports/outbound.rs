//! Calls to URLs that customers name.

use async_trait::async_trait;

use crate::values::wire::wire_enum;

/// Why a URL is not called, as far as the URL alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// It is not an absolute URL.
    #[error("must be an absolute URL")]
    Unreadable,
    /// It is longer than 2,000 bytes.
    #[error("must have at most 2000 characters")]
    TooLong,
    /// It is not an HTTPS URL.
    #[error("must begin with https://")]
    Scheme,
    /// It contains a user name or a password.
    #[error("must not contain a user name or a password")]
    Credentials,
    /// It ends with a fragment, which is never sent.
    #[error("must not contain a fragment (#)")]
    Fragment,
    /// Its host is not on the public internet.
    #[error("must lead to a public address")]
    NotPublic,
}

wire_enum! {
    /// Why a call has no answer.
    CallFault {
        /// The name has an address that is not public. Nothing was connected to.
        NotPublic = "address_not_public",
        /// There was no connection: the name has no address, nothing listens, or TLS failed.
        NoConnection = "no_connection",
        /// The answer did not arrive in time.
        Timeout = "timeout",
        /// The connection broke off, or the answer was not HTTP.
        BrokenOff = "broken_off",
        /// The call could not be signed: the key of the installation is gone. Nothing was connected to.
        NoSecret = "secret_unavailable",
    }
}

/// A call to make.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundCall {
    /// Where to, as the customer wrote it.
    pub url: String,
    /// Headers beside those of the content.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

/// What is at a URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The MIME type as the server states it.
    pub content_type: Option<String>,
    pub content: Vec<u8>,
}

/// Why what is at a URL is not read. The sentences are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchFault {
    /// The URL or an address of its name is not public. Nothing was connected to.
    #[error("its address is not public")]
    NotPublic,
    /// There was no connection: the name has no address, nothing listens, or TLS failed.
    #[error("no connection could be made")]
    NoConnection,
    /// The content did not arrive in time.
    #[error("it did not arrive in time")]
    Timeout,
    /// The connection broke off, or the answer was not HTTP.
    #[error("the connection broke off")]
    BrokenOff,
    /// The server answers with another status than 200; redirects are not followed.
    #[error("its server answers with status {0}")]
    Status(u16),
    /// There is more than what may be read.
    #[error("it is too large")]
    TooLarge,
}

/// Calls to URLs that customers name.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OutboundCalls: Send + Sync {
    /// Whether a URL may be called, as far as it alone tells; nothing is looked up.
    ///
    /// # Errors
    /// [`UrlFault`].
    fn check(&self, url: &str) -> Result<(), UrlFault>;

    /// Posts to a URL and returns the status of the answer. MUST connect to public addresses only,
    /// whatever the URL or the resolver says, follow no redirect, and end within its own limits.
    ///
    /// # Errors
    /// [`CallFault`].
    async fn post(&self, call: &OutboundCall) -> Result<u16, CallFault>;

    /// Reads what is at a URL, at most `most` bytes, under the same rules.
    ///
    /// # Errors
    /// [`FetchFault`].
    async fn fetch(&self, url: &str, most: usize) -> Result<Fetched, FetchFault>;
}
