//! [`AccountRates`] on Postgres: a lane for each account that has a rate.

use async_trait::async_trait;
use chrono::DateTime;
use diesel::prelude::ExpressionMethods;
use diesel::query_dsl::methods::FilterDsl;
use diesel::result::QueryResult;
use diesel_async::RunQueryDsl;
use sms_domain::ports::{AccountRates, Unavailable};
use sms_domain::values::ProviderAccount;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::integer;
use crate::schema::account_lanes;

#[async_trait]
impl AccountRates for Pg {
    async fn set(&self, rates: &[(ProviderAccount, Option<u32>)]) -> Result<(), Unavailable> {
        for (account, per_second) in rates {
            self.set_rate(account, *per_second).await?;
        }
        self.0.organizations.clear();
        Ok(())
    }
}

impl Pg {
    /// A rate of 0 means the same as none: an account that may send nothing is a paused one.
    async fn set_rate(
        &self,
        account: &ProviderAccount,
        per_second: Option<u32>,
    ) -> Result<(), StoreError> {
        let mut connection = self.cold().await?;
        let name = account.as_str();
        let written: QueryResult<usize> = match per_second.filter(|rate| *rate > 0).map(integer) {
            None => {
                let lane = account_lanes::provider_account.eq(name);
                let lane = FilterDsl::filter(account_lanes::table, lane);
                diesel::delete(lane).execute(&mut connection).await
            }
            Some(rate) => {
                diesel::insert_into(account_lanes::table)
                    .values((
                        account_lanes::provider_account.eq(name),
                        account_lanes::next_at.eq(DateTime::UNIX_EPOCH),
                        account_lanes::per_second.eq(rate),
                    ))
                    .on_conflict(account_lanes::provider_account)
                    .do_update()
                    .set(account_lanes::per_second.eq(rate))
                    .execute(&mut connection)
                    .await
            }
        };
        Ok(written.map(drop)?)
    }
}
