//! What messages cost.

use poem_openapi::param::Query;
use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::{LONGEST_SEARCH, MessagesOf, PeriodFault, USAGE, UsagePeriod, UsageTotal};

use super::{Body, Named, Tag};
use crate::http::auth::{Authorized, UsageRead};
use crate::http::dto::{
    PagedResultOfUsageLedgerTableRow, RequestDataOptions, UsageLedgerTableRow, UsageSummaryResponse,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, instant_of, invalid};
use crate::http::problem::{Failure, Problem};
use crate::http::state::AppState;

/// The operations on usage.
pub(super) struct UsageApi(pub(super) AppState);

/// A page of what messages cost.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfUsageLedgerTableRow>),
}

/// Sums of what messages cost.
#[derive(ApiResponse)]
enum Summed {
    /// What the messages of the period come to.
    #[oai(status = 200)]
    Summary(Json<UsageSummaryResponse>),
}

#[OpenApi]
impl UsageApi {
    /// Lists what messages cost.
    ///
    /// Every message that was priced, or refused because the wallet did not cover it.
    #[oai(
        path = "/usage/all/my",
        method = "post",
        tag = "Tag::Usage",
        operation_id = "Usage_GetAllForCurrentOrganization"
    )]
    async fn all(
        &self,
        caller: Authorized<UsageRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &USAGE, "", &options)?;
        let (reads, of) = (&self.0.reads, MessagesOf::Billed);
        let page = reads.messages(organization, &of, &asked.query).await?;
        let page = page.ok_or_else(|| Problem::broken("an organization has no list of usage"))?;
        let page = asked.answer(page, |view| UsageLedgerTableRow::from(&view));
        Ok(Listed::Page(Json(page.into())))
    }

    /// Sums what messages cost.
    ///
    /// The messages of the list of usage that were created in a period: the calendar month in UTC, unless the query
    /// names one of at most 31 days. A period with more than 500,000 messages is refused.
    #[oai(
        path = "/usage/summary/my",
        method = "get",
        tag = "Tag::Usage",
        operation_id = "Usage_GetSummaryForCurrentOrganization"
    )]
    async fn summary(
        &self,
        caller: Authorized<UsageRead>,
        /// The first instant of the period; by default 31 days before its end.
        #[oai(name = "periodStart")]
        period_start: Query<Option<String>>,
        /// The first instant after the period; by default 31 days after its start.
        #[oai(name = "periodEnd")]
        period_end: Query<Option<String>>,
    ) -> Result<Summed, Failure<Named>> {
        let from = instant_of("periodStart", period_start.0.as_deref())?;
        let to = instant_of("periodEnd", period_end.0.as_deref())?;
        let period = UsagePeriod::of(from, to, self.0.clock.now()).map_err(refused)?;
        let organization = caller.sender.organization_id;
        let totals = self.0.usage.summed(organization, period).await?;
        let totals = totals.ok_or_else(too_many)?;
        let summary = UsageSummaryResponse::new(period, &totals);
        Ok(Summed::Summary(Json(summary)))
    }
}

fn refused(fault: PeriodFault) -> Problem {
    match fault {
        PeriodFault::Reversed => invalid("periodEnd", "must be later than periodStart"),
        PeriodFault::TooLong => {
            let days = LONGEST_SEARCH.num_days();
            let message = format!("must be at most {days} days after periodStart");
            invalid("periodEnd", &message)
        }
    }
}

fn too_many() -> Problem {
    let most = UsageTotal::MOST_SUMMED;
    let message = format!("the period has more than {most} messages: ask for a shorter one");
    invalid("periodStart", &message)
}
