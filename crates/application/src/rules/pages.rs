//! Stored decisions, page after page.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::ports::{DecisionArchive, DecisionQuery, StoredDecision, Unavailable};
use sms_domain::values::ids::OrganizationId;

/// Messages in a page.
const MESSAGES: u32 = 500;

/// Reads stored decisions in their order.
pub(super) struct DecisionPages {
    archive: Arc<dyn DecisionArchive>,
    query: DecisionQuery,
    is_done: bool,
}

impl DecisionPages {
    /// The decisions about messages that were created since, of one organization; `None` = all.
    pub(super) fn new(
        archive: Arc<dyn DecisionArchive>,
        since: Option<DateTime<Utc>>,
        organization: Option<OrganizationId>,
    ) -> Self {
        Self {
            archive,
            query: DecisionQuery {
                after: None,
                since,
                organization,
                messages: MESSAGES,
            },
            is_done: false,
        }
    }

    /// The next page; `None` = there are no more.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<StoredDecision>>, Unavailable> {
        if self.is_done {
            return Ok(None);
        }
        let page = self.archive.page(self.query).await?;
        self.query.after = page.last;
        self.is_done = page.last.is_none();
        Ok(Some(page.decisions))
    }
}
