//! Telnyx's opt-out list: the blocks that keywords created, by profile and person. It is read-only.

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use sms_domain::ports::{GatewayUnavailable, OptOutFeed, ProviderOptOut};
use sms_domain::values::ProviderAccount;
use sms_domain::values::phone::PhoneNumber;

use crate::gateway::TelnyxGateway;
use crate::wire::{self, OptOutItem};

/// Telnyx's maximum page size, in entries.
const PAGE_SIZE: u64 = 250;

/// Most pages that are read (2.5 million entries), so that an endless list cannot block us.
const MAX_PAGES: u64 = 10_000;

#[async_trait]
impl OptOutFeed for TelnyxGateway {
    async fn list_opt_outs(
        &self,
        account: &ProviderAccount,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<ProviderOptOut>, GatewayUnavailable> {
        let account = self.account(account)?;
        let mut found = Vec::new();
        for number in 1..=MAX_PAGES {
            let mut url = account.opt_outs().clone();
            url.query_pairs_mut()
                .extend_pairs(query(since, number).iter());
            let page = self.get(account, url).await?;
            let page = page.ok_or_else(|| GatewayUnavailable("no list of opt-outs".to_owned()))?;
            found.extend(wire::opt_outs(&page).filter_map(|item| opt_out(&item)));
            if is_last(&page, number) {
                return Ok(found);
            }
        }
        Err(GatewayUnavailable(
            "the list of opt-outs does not end".to_owned(),
        ))
    }
}

fn query(since: Option<DateTime<Utc>>, number: u64) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("page[number]", number.to_string()),
        ("page[size]", PAGE_SIZE.to_string()),
    ];
    if let Some(since) = since {
        let since = since.to_rfc3339_opts(SecondsFormat::Micros, true);
        query.push(("created_at[gte]", since));
    }
    query
}

/// Whether a page is the last one, by the page count or, without a count, because the page is not full.
fn is_last(page: &Value, number: u64) -> bool {
    let pages = page.pointer("/meta/total_pages").and_then(Value::as_u64);
    pages.map_or_else(
        || wire::opt_outs(page).count() < usize::try_from(PAGE_SIZE).unwrap_or(usize::MAX),
        |pages| number >= pages,
    )
}

/// The opt-out of an entry. Skips senders that are not phone numbers (short codes, names), which are not
/// ours, and entries without an instant, which cannot be ordered against the person's START.
fn opt_out(item: &OptOutItem<'_>) -> Option<ProviderOptOut> {
    Some(ProviderOptOut {
        our_number: PhoneNumber::parse(item.from()?).ok()?,
        person: PhoneNumber::parse(item.to()?).ok()?,
        messaging_profile_id: item.profile().map(str::to_owned),
        at: item.created_at()?,
    })
}
