//! Authentication, authorization and rate limits. A route names the scope it needs in its signature; the
//! check runs before everything else, including the parsing of the body.
//!
//! This module must not know operations.

mod guard;
mod keys;
mod rate_limit;
mod wrong_keys;

use std::marker::PhantomData;

use poem::http::{HeaderMap, header};
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use sms_application::Sender;
use sms_domain::ports::{ApiKey, Contract, Scope};
use sms_domain::values::Actor;
use sms_domain::values::ids::{ApiKeyId, SourceId};

pub(crate) use guard::Guard;
pub(crate) use rate_limit::{Allowance, RateLimiter};

use self::guard::unauthorized;
use crate::http::envelope::RequestContext;
use crate::http::extractor_state::ExtractorState;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::server::{AddressGroup, Origin};

/// The other header that carries a key.
const KEY_HEADER: &str = "X-Leadping-Api-Key";

/// The caller of an operation that needs the scope `S`.
#[derive(Debug)]
pub(crate) struct Authorized<S> {
    pub(crate) sender: Sender,
    pub(crate) key_id: ApiKeyId,
    /// The contract by which the key's requests are answered.
    pub(crate) contract: Contract,
    /// The source that the key is limited to.
    pub(crate) source_id: Option<SourceId>,
    /// Who asks, for the audit log.
    pub(crate) actor: Actor,
    scope: PhantomData<fn() -> S>,
}

/// A scope as a type.
pub(crate) trait RequiredScope: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
    /// Whether keys that are limited to a source have it.
    const IS_OF_SOURCES: bool = false;
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl RequiredScope for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+};
}
scopes! {
    /// Sending, drafting, canceling, previewing.
    SmsWrite,
    /// Reading messages and decisions.
    SmsRead,
    /// Choosing and overriding numbers.
    NumbersWrite,
    /// Reading what messages cost.
    UsageRead,
    /// Reading which API keys there are.
    KeysRead,
    /// Reading numbers and campaigns.
    NumbersRead,
    /// Reading leads.
    LeadsRead,
    /// Reading sources.
    SourcesRead,
    /// Making, changing and deleting sources.
    SourcesWrite,
    /// Reading the opt-out list.
    SuppressionsRead,
    /// Adding to the opt-out list and releasing.
    SuppressionsWrite,
    /// Naming addresses that are told of events.
    WebhooksWrite,
}

/// Taking leads in: all that the key of a source may do.
#[derive(Debug)]
pub(crate) struct LeadsWrite;

impl RequiredScope for LeadsWrite {
    const SCOPE: Scope = Scope::LeadsWrite;
    const IS_OF_SOURCES: bool = true;
}

impl<'a, S: RequiredScope> ApiExtractor<'a> for Authorized<S> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme("Bearer", bearer_scheme());
        registry.create_security_scheme("ApiKey", header_scheme());
        registry.create_security_scheme("SourceKey", source_scheme());
    }

    fn security_schemes() -> Vec<&'static str> {
        let of_sources: &[_] = if S::IS_OF_SOURCES {
            &["SourceKey"]
        } else {
            &[]
        };
        [of_sources, &["Bearer", "ApiKey"]].concat()
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let (http, context) = (ExtractorState::of(request)?, RequestContext::of(request)?);
        let key = authenticate(http, request).await?;
        let sender = Sender {
            organization_id: key.organization_id,
            key: key.kind,
        };
        context.set_caller(&key);
        admit(http, context, sender)?;
        let is_out_of_reach = key.source_id.is_some() && !S::IS_OF_SOURCES;
        if is_out_of_reach || !key.scopes.contains(&S::SCOPE) {
            return Err(lacks_scope(S::SCOPE).into());
        }
        let from = origin(request).map_or_else(String::new, |from| from.to_string());
        Ok(Self {
            sender,
            key_id: key.id,
            contract: key.contract,
            source_id: key.source_id,
            actor: Actor::key(key.id, &from),
            scope: PhantomData,
        })
    }
}

/// The valid key of a request.
async fn authenticate(http: &ExtractorState, request: &Request) -> Result<ApiKey, Problem> {
    let Some(secret) = secret(request.headers())? else {
        return Err(unauthorized("Bearer"));
    };
    http.guard.authenticate(secret, origin(request)).await
}

/// The address that answers for wrong keys; `None` where it is not known.
fn origin(request: &Request) -> Option<AddressGroup> {
    match request.data::<Origin>()? {
        Origin::Address(address) => Some(*address),
        Origin::UnnamedProxy => None,
    }
}

/// Counts one request; the answer shows what is left, whatever it is.
///
/// # Errors
/// 429 when the organization has used up its requests.
pub(crate) fn admit(
    http: &ExtractorState,
    context: &RequestContext,
    sender: Sender,
) -> Result<(), Problem> {
    let Some(allowance) = http.rate.take(sender.organization_id, http.clock.now()) else {
        return Ok(());
    };
    context.set_allowance(allowance);
    if allowance.is_exceeded {
        let wait = allowance.reset_seconds.to_string();
        return Err(Problem::new(ProblemKind::TooManyRequests).header(header::RETRY_AFTER, &wait));
    }
    Ok(())
}

/// The secret of a request: from either header, or the same in both.
fn secret(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let ambiguous = || unauthorized("Bearer error=\"invalid_request\"");
    let bearer = single(headers, header::AUTHORIZATION.as_str()).map_err(|()| ambiguous())?;
    let bearer = bearer
        .map(|value| bearer_token(value).ok_or_else(ambiguous))
        .transpose()?;
    let key = single(headers, KEY_HEADER).map_err(|()| ambiguous())?;
    match (bearer, key) {
        (Some(bearer), Some(key)) if bearer != key => Err(ambiguous()),
        (bearer, key) => Ok(bearer.or(key)),
    }
}

/// The value of a header that may come once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(str::trim).map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn lacks_scope(scope: Scope) -> Problem {
    let detail = format!("The API key lacks the scope {scope}.");
    Problem::with_detail(ProblemKind::Forbidden, detail)
}

const fn bearer_scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty: "http",
        description: Some("An API key of the organization, as a bearer token."),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: Some("API key"),
        flows: None,
        openid_connect_url: None,
    }
}

fn source_scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        description: Some(
            "The key of a source, as a bearer token. It may bring leads of its source and nothing else.",
        ),
        bearer_format: Some("Source key"),
        ..bearer_scheme()
    }
}

const fn header_scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty: "apiKey",
        description: Some("An API key of the organization, in a header of its own."),
        name: Some(KEY_HEADER),
        key_in: Some("header"),
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headers: &[(&'static str, &str)]) -> Result<Option<String>, ()> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        secret(&map)
            .map(|secret| secret.map(str::to_owned))
            .map_err(|_| ())
    }

    #[test]
    fn a_key_comes_as_bearer_token_or_in_its_own_header() {
        let key = Ok(Some("k1".to_owned()));
        assert_eq!(found(&[("authorization", "bearer k1")]), key);
        assert_eq!(found(&[("x-leadping-api-key", "k1")]), key);
        assert_eq!(
            found(&[("authorization", "Bearer k1"), ("x-leadping-api-key", "k1")]),
            key
        );
        assert_eq!(found(&[]), Ok(None));
    }

    #[test]
    fn two_different_keys_and_other_schemes_are_refused() {
        assert!(found(&[("authorization", "Bearer k1"), ("x-leadping-api-key", "k2")]).is_err());
        assert!(found(&[("x-leadping-api-key", "k1"), ("x-leadping-api-key", "k1")]).is_err());
        assert!(found(&[("authorization", "Basic azE6")]).is_err());
    }
}
