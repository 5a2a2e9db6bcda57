//! Lists that people ask for page by page: what a resource may be filtered, ordered and searched by, one
//! question about it, and one page of the answer. Tokens between two pages are made and read without a store.

mod conversations;
mod fields;
mod keys;
mod messages;
mod numbers;
mod people;
mod query;
mod usage;

pub use conversations::*;
pub use fields::*;
pub use keys::*;
pub use messages::*;
pub use numbers::*;
pub use people::*;
pub use query::*;
pub use usage::*;

use chrono::TimeDelta;

use crate::values::ids::OrganizationId;

/// The most rows that one page reads. A page that found too few among them ends there, with a place to go on
/// from.
pub const MOST_READ: u32 = 10_000;

/// The longest range of time that a filter without an index may search.
pub const LONGEST_SEARCH: TimeDelta = TimeDelta::days(31);

/// Makes and reads the tokens by which a client goes on to the next page.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait PageTokens: Send + Sync {
    /// The token of a place in a list: letters, digits, `-` and `_`. `query` stands for the question that was
    /// asked.
    fn seal(&self, organization_id: OrganizationId, query: &[u8], place: &[u8]) -> String;

    /// The place of a token. `None` if this installation did not seal it for this organization and this query;
    /// a token MUST be refused when anything of it was changed.
    fn open(&self, organization_id: OrganizationId, query: &[u8], token: &str) -> Option<Vec<u8>>;
}
