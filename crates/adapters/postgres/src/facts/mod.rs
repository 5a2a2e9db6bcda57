//! Loading the facts of decisions: one round trip for any number of requests.
//!
//! Facts of one message (conversation, lead, recipient, money) are always read; facts about the organization
//! may come from a cache. This module must not know what the facts decide.

mod cache;
mod campaigns;
mod fresh;
mod load;
mod organization;

use async_trait::async_trait;
use sms_domain::ports::{Facts, FactsRepository, FactsRequest, Unavailable};

pub(crate) use self::cache::OrganizationCache;
pub(crate) use self::load::Loads;
pub(crate) use self::organization::load_one as load_organization;
use crate::pg::Pg;

#[async_trait]
impl FactsRepository for Pg {
    async fn load(&self, requests: Vec<FactsRequest>) -> Result<Vec<Facts>, Unavailable> {
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        self.1.facts.ask(requests).await
    }
}
