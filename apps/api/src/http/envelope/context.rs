//! What is known about a request while it is served.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use poem::Request;
use poem::http::Method;
use sms_domain::ports::{ApiKey, Contract, IdGenerator};
use sms_domain::values::ids::{ApiKeyId, OrganizationId};
use tokio::time::Instant;

use super::secret_paths::SecretPaths;
use crate::http::auth::Allowance;
use crate::http::problem::Problem;

/// The header with the id of a request, in both directions.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// The header with the members of a body that were ignored.
pub(crate) const IGNORED_PROPERTIES: &str = "x-ignored-properties";

/// The longest id that a client may give a request.
const LONGEST_ID: usize = 128;

/// One request.
pub(crate) struct RequestContext {
    /// The client's id of it, or one of ours.
    pub(crate) request_id: String,
    pub(crate) method: Method,
    /// The path, without query and without secrets.
    pub(crate) path: String,
    caller: OnceLock<Caller>,
    allowance: Mutex<Option<Allowance>>,
    ignored: OnceLock<String>,
    body_began: OnceLock<Instant>,
    body_took: OnceLock<Duration>,
}

/// The body of a request is being read as long as this lives.
pub(crate) struct ReadingBody<'a>(&'a RequestContext);

/// Who asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) organization_id: OrganizationId,
    pub(crate) key_id: ApiKeyId,
    /// The contract by which the answer is written.
    pub(crate) contract: Contract,
}

impl RequestContext {
    /// The context of a request that just came in.
    pub(super) fn of_new(request: &Request, ids: &dyn IdGenerator, secrets: &SecretPaths) -> Self {
        let given = request.header(REQUEST_ID).filter(|id| is_acceptable(id));
        Self {
            request_id: given.map_or_else(|| ids.uuid().to_string(), str::to_owned),
            method: request.method().clone(),
            path: secrets.masked(request.uri().path()),
            caller: OnceLock::new(),
            allowance: Mutex::default(),
            ignored: OnceLock::new(),
            body_began: OnceLock::new(),
            body_took: OnceLock::new(),
        }
    }

    /// The context of a request that is being served.
    pub(crate) fn of(request: &Request) -> Result<&Self, Problem> {
        let context = request.data::<Arc<Self>>().map(Arc::as_ref);
        context.ok_or_else(|| Problem::broken("the request's context is missing"))
    }

    /// The body is read from now on.
    pub(crate) fn reading_body(&self) -> ReadingBody<'_> {
        self.body_began.get_or_init(Instant::now);
        ReadingBody(self)
    }

    /// How long the body took to arrive, so far.
    pub(crate) fn body_time(&self) -> Duration {
        let so_far = || self.body_began.get().map(Instant::elapsed);
        self.body_took
            .get()
            .copied()
            .or_else(so_far)
            .unwrap_or_default()
    }

    /// Remembers who asked.
    pub(crate) fn set_caller(&self, key: &ApiKey) {
        let caller = Caller {
            organization_id: key.organization_id,
            key_id: key.id,
            contract: key.contract,
        };
        self.caller.get_or_init(|| caller);
    }

    /// Who asked, once that is known.
    pub(crate) fn caller(&self) -> Option<Caller> {
        self.caller.get().copied()
    }

    /// Remembers what the caller has left; the last word counts.
    pub(crate) fn set_allowance(&self, allowance: Allowance) {
        *self
            .allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(allowance);
    }

    /// What the caller has left, once that is known.
    pub(crate) fn allowance(&self) -> Option<Allowance> {
        *self
            .allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the members of the body that were ignored, in the form of a header.
    pub(crate) fn set_ignored(&self, names: Option<String>) {
        if let Some(names) = names {
            self.ignored.get_or_init(|| names);
        }
    }

    /// The members of the body that were ignored, once the body is read.
    pub(crate) fn ignored(&self) -> Option<&str> {
        self.ignored.get().map(String::as_str)
    }
}

impl Drop for ReadingBody<'_> {
    fn drop(&mut self) {
        let took = self.0.body_time();
        self.0.body_took.get_or_init(|| took);
    }
}

fn is_acceptable(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use sms_testkit::SequentialIds;

    use super::*;

    fn context(id: &str) -> RequestContext {
        let request = Request::builder().header(REQUEST_ID, id).finish();
        RequestContext::of_new(&request, &SequentialIds::default(), &SecretPaths::default())
    }

    #[test]
    fn a_clients_id_is_kept_when_it_is_short_and_visible() {
        assert_eq!(context("order-17/a").request_id, "order-17/a");
        for bad in ["", "a b", &"x".repeat(129)] {
            assert_eq!(context(bad).request_id.len(), 36, "{bad}");
        }
    }
}
