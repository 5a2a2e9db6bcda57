//! An HTTP client of the API.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde::Serialize;
use serde_json::Value;
use sms_domain::ports::Contract;

use crate::described::Described;

/// A client that sends requests, with or without a key.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    key: Option<String>,
    described: Option<Contract>,
}

/// A request that is not sent yet.
#[derive(Debug)]
#[must_use = "nothing is sent yet"]
pub struct Request {
    builder: RequestBuilder,
    described: Option<Contract>,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body; null when there is none.
    pub body: Value,
}

impl Client {
    /// A client without a key.
    ///
    /// # Panics
    /// When the HTTP client cannot be created.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        // If the process already has a crypto provider, this does nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        Self {
            http: http.build().unwrap(),
            base_url: base_url.to_owned(),
            key: None,
            described: None,
        }
    }

    /// The same, of a server whose every answer must be one that the document of a contract describes.
    #[must_use]
    pub fn described_by(self, contract: Contract) -> Self {
        Self {
            described: Some(contract),
            ..self
        }
    }

    /// The same, with a new connection for each request.
    ///
    /// # Panics
    /// When the HTTP client cannot be created.
    #[must_use]
    pub fn without_pool(self) -> Self {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        let http = http.pool_max_idle_per_host(0).build().unwrap();
        Self { http, ..self }
    }

    /// The same with a key.
    #[must_use]
    pub fn with_key(self, key: impl Into<String>) -> Self {
        Self {
            key: Some(key.into()),
            ..self
        }
    }

    /// A request that is not sent yet, with the key in it.
    pub fn request(&self, method: Method, path: &str) -> Request {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base_url));
        Request {
            builder: match &self.key {
                Some(key) => request.bearer_auth(key),
                None => request,
            },
            described: self.described,
        }
    }

    /// Sends a GET request.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// Sends a form with one file.
    pub async fn upload(&self, path: &str, name: &str, content_type: &str, file: &[u8]) -> Answer {
        let head = format!(
            "--edge-of-a-part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n"
        );
        let body = [head.as_bytes(), file, b"\r\n--edge-of-a-part--\r\n"].concat();
        let request = self.request(Method::POST, path).header(
            "Content-Type",
            "multipart/form-data; boundary=edge-of-a-part",
        );
        answer(request.body(body)).await
    }

    /// The status, the content type and the body of what is at a path.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn bytes(&self, path: &str) -> (u16, Option<String>, Vec<u8>) {
        let request = self.request(Method::GET, path).builder;
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let content_type = headers.get("content-type").and_then(|of| of.to_str().ok());
        let body = response.bytes().await.unwrap();
        (status, content_type.map(str::to_owned), body.to_vec())
    }

    /// Sends JSON under an idempotency key.
    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        answer(request.header("Idempotency-Key", key)).await
    }
}

impl Request {
    /// The same with a header.
    pub fn header(self, name: &str, value: impl AsRef<str>) -> Self {
        self.with(|builder| builder.header(name, value.as_ref()))
    }

    /// The same with a body of JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        self.with(|builder| builder.json(body))
    }

    /// The same with these bytes as its body.
    pub fn body(self, body: Vec<u8>) -> Self {
        self.with(|builder| builder.body(body))
    }

    /// The same, given up after so long.
    pub fn timeout(self, after: Duration) -> Self {
        self.with(|builder| builder.timeout(after))
    }

    fn with(self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        Self {
            builder: change(self.builder),
            ..self
        }
    }
}

/// Sends a request and reads the whole answer.
///
/// # Panics
/// When no answer comes, or one that is neither empty nor JSON, or one that the document does not describe.
async fn answer(request: Request) -> Answer {
    Answer::if_any(request).await.unwrap()
}

impl Answer {
    /// Sends a prepared request.
    pub async fn to(request: Request) -> Self {
        answer(request).await
    }

    /// Sends a request to a server that may be down.
    ///
    /// # Errors
    /// When no answer came, or not all of it.
    ///
    /// # Panics
    /// When the answer is neither empty nor JSON, or not one that the document describes.
    pub async fn if_any(request: Request) -> Result<Self, reqwest::Error> {
        let (client, sent) = request.builder.build_split();
        let sent = sent?;
        let (method, path) = (sent.method().clone(), sent.url().path().to_owned());
        let response = client.execute(sent).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?;
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap()
        };
        let answer = Self {
            status,
            headers,
            body,
        };
        if let Some(contract) = request.described {
            Described::by(contract).assert(method.as_str(), &path, &answer);
        }
        Ok(answer)
    }

    /// The id of the message in it.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn id(&self) -> String {
        let id = self.body["id"].as_str();
        id.unwrap_or_else(|| panic!("no message in {self:?}"))
            .to_owned()
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The last segment of a problem's type.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.body["type"].as_str()?.rsplit('/').next()
    }
}
