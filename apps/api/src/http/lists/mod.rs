//! Lists: a request is checked against what its resource may be asked, a token is opened, and a page of rows gets
//! its token. The same for every list.
//!
//! This module must not know operations or rows.

mod check;
mod operations;
mod values;

use std::sync::Arc;

use sms_domain::ports::{ListPage, ListPlace, ListQuery, Listing, PageTokens};
use sms_domain::values::ids::OrganizationId;

pub(crate) use self::operations::listing;
use crate::http::dto::{Paged, RequestDataOptions};
use crate::http::payload::invalid;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A question about a list that may be asked.
pub(crate) struct Asked {
    pub(crate) query: ListQuery,
    organization_id: OrganizationId,
    /// What the tokens of its pages are bound to: the list, whose rows it has, and the question.
    bound_to: Vec<u8>,
    tokens: Arc<dyn PageTokens>,
}

impl Asked {
    /// Checks a request for a list; `of` names whose rows it has: an id of the path, or nothing.
    ///
    /// # Errors
    /// 400, with every field at fault.
    pub(crate) fn new(
        state: &AppState,
        organization_id: OrganizationId,
        listing: &'static Listing,
        of: &str,
        options: &RequestDataOptions,
    ) -> Result<Self, Problem> {
        let query = check::checked(listing, options, state.clock.now());
        let mut query = query.map_err(Problem::invalid)?;
        let bound_to = serde_json::to_vec(&(listing.name, of, &query));
        let bound_to = bound_to.map_err(|error| Problem::broken(error.to_string()))?;
        let tokens = Arc::clone(&state.page_tokens);
        query.after = match &options.continuation_token {
            Some(token) => Some(place(tokens.open(organization_id, &bound_to, token))?),
            None => None,
        };
        Ok(Self {
            query,
            organization_id,
            bound_to,
            tokens,
        })
    }

    /// The answer: a page of rows, each shown by `show`.
    pub(crate) fn answer<V, R>(&self, page: ListPage<V>, show: impl FnMut(V) -> R) -> Paged<R> {
        Paged {
            items: page.items.into_iter().map(show).collect(),
            size: self.query.size,
            count: page.count,
            token: page.next.and_then(|place| self.token(&place)),
        }
    }

    fn token(&self, place: &ListPlace) -> Option<String> {
        let place = serde_json::to_vec(place).ok()?;
        Some((self.tokens).seal(self.organization_id, &self.bound_to, &place))
    }
}

fn place(opened: Option<Vec<u8>>) -> Result<ListPlace, Problem> {
    let place = opened.and_then(|place| serde_json::from_slice(&place).ok());
    place.ok_or_else(|| {
        let message = "is not a token of this list with this order and these filters";
        invalid("continuationToken", message)
    })
}
