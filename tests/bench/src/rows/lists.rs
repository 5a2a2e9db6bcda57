//! Pages of a long list: what a page far behind costs beside the first one. Nothing is written.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use sms_domain::ports::{ListPlace, ListQuery, MessagesOf, ReadModel, SMS_EVENTS};
use sms_domain::values::ids::OrganizationId;

use crate::carrier::StubCarrier;
use crate::clock::MovedClock;
use crate::numbers::Latencies;
use crate::plan::Bench;
use crate::product;
use crate::world::Targets;

/// Messages of a page: the usual size.
const PAGE: u32 = 50;

/// Pages before the one that is far behind.
const BEFORE: usize = 999;

/// How often each of the two pages is read.
const READ: usize = 200;

/// The median time of a page, in milliseconds.
pub(crate) struct Pages {
    pub(crate) first_ms: f64,
    pub(crate) thousandth_ms: f64,
}

/// Reads the first page and the thousandth in turn.
pub(crate) async fn pages(bench: &Bench<'_>) -> anyhow::Result<Pages> {
    let clock = MovedClock::after_noon();
    let carrier = StubCarrier::new(clock, None)?;
    let url = bench.server.url(&bench.templates.listed);
    let system = product::system(&url, carrier.ports(), clock).await?;
    let reads = system.stores().reads.as_ref();
    let mut place = None;
    for _ in 0..BEFORE {
        (_, place) = page(reads, place).await?;
    }
    let thousandth = place.context("the list has fewer than a thousand pages")?;
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for _ in 0..READ {
        near.push(page(reads, None).await?.0);
        far.push(page(reads, Some(thousandth.clone())).await?.0);
    }
    let median = |times: Vec<Duration>| times.into_iter().collect::<Latencies>().percentile_ms(50);
    Ok(Pages {
        first_ms: median(near),
        thousandth_ms: median(far),
    })
}

/// Reads a page; the time that it took, and where the next one begins.
async fn page(
    reads: &dyn ReadModel,
    after: Option<ListPlace>,
) -> anyhow::Result<(Duration, Option<ListPlace>)> {
    let organization_id = OrganizationId::new(Targets::listed());
    let query = ListQuery {
        filters: Vec::new(),
        ranges: Vec::new(),
        search: None,
        order: SMS_EVENTS.order,
        after,
        size: PAGE,
        counts: false,
    };
    let begin = Instant::now();
    let of = MessagesOf::Everybody;
    let page = reads.messages(organization_id, &of, &query).await?;
    let page = page.context("the organization is not there")?;
    let took = begin.elapsed();
    anyhow::ensure!(
        page.items.len() == usize::try_from(PAGE)?,
        "{} items",
        page.items.len()
    );
    Ok((took, page.next))
}
