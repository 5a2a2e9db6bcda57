//! Static pages of a release: compressed once, and not sent again to clients that have them (RFC 9110, 8.8.3
//! and 13.1.2).

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use poem::http::{HeaderMap, StatusCode, header};
use poem::{Endpoint, Request, Response, Result};
use ring::digest;
use tokio::sync::OnceCell;

use crate::http::problem::Problem;

/// Cache lifetime of a page, which only a release changes.
const CACHED: &str = "public, max-age=300";

/// Serves one page.
pub(super) struct PageEndpoint {
    text: fn() -> &'static str,
    content_type: &'static str,
    policy: Option<&'static str>,
    plain: OnceCell<Coded>,
    gzip: OnceCell<Coded>,
}

/// Text that all responses share, however many slow readers there are.
struct Coded {
    bytes: Bytes,
    etag: String,
}

impl PageEndpoint {
    pub(super) fn new(content_type: &'static str, text: fn() -> &'static str) -> Self {
        Self {
            text,
            content_type,
            policy: None,
            plain: OnceCell::new(),
            gzip: OnceCell::new(),
        }
    }

    /// With a content security policy.
    pub(super) fn with_policy(mut self, policy: &'static str) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Compressed on first use, outside the threads that serve requests.
    async fn coded(&self, is_gzip: bool) -> Result<&Coded, Problem> {
        let text = self.text;
        let (cell, code): (_, fn(&'static str) -> _) = if is_gzip {
            (&self.gzip, Coded::gzip)
        } else {
            (&self.plain, Coded::plain)
        };
        let make = || async move {
            let made = tokio::task::spawn_blocking(move || code(text())).await;
            let made = made.map_err(|lost| Problem::broken(lost.to_string()))?;
            made.map_err(|error| Problem::broken(error.to_string()))
        };
        cell.get_or_try_init(make).await
    }
}

impl Coded {
    fn plain(text: &'static str) -> io::Result<Self> {
        Ok(Self {
            bytes: Bytes::from_static(text.as_bytes()),
            etag: format!("\"{}\"", hash(text)),
        })
    }

    fn gzip(text: &'static str) -> io::Result<Self> {
        Ok(Self {
            bytes: gzip(text.as_bytes())?.into(),
            etag: format!("\"{}-gzip\"", hash(text)),
        })
    }
}

fn hash(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hex::encode(hash.as_ref().get(..12).unwrap_or_default())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

impl Endpoint for PageEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let is_gzip = takes_gzip(request.headers());
        let coded = self.coded(is_gzip).await?;
        let mut response = Response::builder()
            .header(header::ETAG, &coded.etag)
            .header(header::CACHE_CONTROL, CACHED)
            .header(header::VARY, "Accept-Encoding");
        if is_known(request.headers(), &coded.etag) {
            return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
        }
        if is_gzip {
            response = response.header(header::CONTENT_ENCODING, "gzip");
        }
        if let Some(policy) = self.policy {
            response = response.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        // Set here, so that HEAD has it as well.
        Ok(response
            .content_type(self.content_type)
            .header(header::CONTENT_LENGTH, coded.bytes.len())
            .body(coded.bytes.clone()))
    }
}

/// The elements of a header that is a list, over all its lines.
fn elements<'a>(
    headers: &'a HeaderMap,
    name: header::HeaderName,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let lines = headers.get_all(name).into_iter();
    let lines = lines.filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',').map(str::trim))
}

/// Whether the client accepts gzip (RFC 9110, 12.5.3). An entry for gzip takes precedence over `*`.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let weight = |name: &str| {
        elements(headers, header::ACCEPT_ENCODING).find_map(|element| {
            let mut parts = element.split(';').map(str::trim);
            let is_meant = parts.next()?.eq_ignore_ascii_case(name);
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            is_meant.then(|| weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
        })
    };
    let weight = weight("gzip").or_else(|| weight("*"));
    weight.is_some_and(|weight: f32| weight > 0.0)
}

/// Whether the client already has the page. The comparison is weak, since a proxy that changes the encoding
/// weakens the tag.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    elements(headers, header::IF_NONE_MATCH)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use poem::http::Method;
    use poem::{IntoEndpoint as _, get};
    use rstest::rstest;

    use super::*;

    const TEXT: &str = "a page, a page, a page, a page, a page, a page, a page, a page, a page";

    async fn ask(method: Method, headers: &[(&'static str, &str)]) -> Response {
        let page = PageEndpoint::new("text/plain", || TEXT).with_policy("default-src 'none'");
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        get(page)
            .into_endpoint()
            .get_response(request.finish())
            .await
    }

    fn said(response: &Response, name: &str) -> String {
        response.header(name).unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn a_page_is_compressed_for_those_who_want_that() {
        let plain = ask(Method::GET, &[]).await;
        assert_eq!(said(&plain, "content-encoding"), "");
        assert_eq!(
            said(&plain, "content-security-policy"),
            "default-src 'none'"
        );
        assert_eq!(plain.into_body().into_string().await.unwrap(), TEXT);
        let gzip = ask(Method::GET, &[("accept-encoding", "br, gzip;q=0.8")]).await;
        assert_eq!(said(&gzip, "content-encoding"), "gzip");
        assert_eq!(said(&gzip, "vary"), "Accept-Encoding");
        let bytes = gzip.into_body().into_vec().await.unwrap();
        let mut text = String::new();
        GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, TEXT);
        assert!(bytes.len() < TEXT.len());
    }

    #[rstest]
    #[case("gzip", true)]
    #[case("GZIP;q=1.0", true)]
    #[case("*", true)]
    #[case("deflate, br", false)]
    #[case("gzip;q=0", false)]
    #[case("*, gzip;q=0", false)]
    #[case("gzip; q=nonsense", false)]
    #[case("identity", false)]
    #[case("", false)]
    fn what_a_client_takes(#[case] accepts: &str, #[case] takes: bool) {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT_ENCODING, accepts.parse().unwrap());
        assert_eq!(takes_gzip(&headers), takes);
    }

    #[tokio::test]
    async fn a_client_that_has_the_page_does_not_get_it_again() {
        for coding in ["identity", "gzip"] {
            let coding = ("accept-encoding", coding);
            let etag = said(&ask(Method::GET, &[coding]).await, "etag");
            for known in [
                etag.clone(),
                format!("W/{etag}"),
                format!("\"x\", {etag}"),
                "*".to_owned(),
            ] {
                let answer = ask(Method::GET, &[coding, ("if-none-match", &known)]).await;
                assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
                assert_eq!(said(&answer, "etag"), etag);
                assert!(answer.into_body().into_vec().await.unwrap().is_empty());
            }
            let other = ask(Method::GET, &[coding, ("if-none-match", "\"other\"")]).await;
            assert_eq!(other.status(), StatusCode::OK);
        }
        let etags = [
            ask(Method::GET, &[]).await,
            ask(Method::GET, &[("accept-encoding", "gzip")]).await,
        ];
        assert_ne!(said(&etags[0], "etag"), said(&etags[1], "etag"));
    }

    #[tokio::test]
    async fn head_says_what_get_would() {
        for coding in ["identity", "gzip"] {
            let get = ask(Method::GET, &[("accept-encoding", coding)]).await;
            let head = ask(Method::HEAD, &[("accept-encoding", coding)]).await;
            assert_eq!(head.headers(), get.headers());
            assert!(head.into_body().into_vec().await.unwrap().is_empty());
            let length: usize = said(&get, "content-length").parse().unwrap();
            assert_eq!(get.into_body().into_vec().await.unwrap().len(), length);
        }
    }
}
