//! What must add up over the whole store, whoever wrote it and however often they were killed. It
//! reads everything: for tests and for an operator's doubt, never on the path of a request.

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// What the books say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Organizations whose balance is not the sum of their ledger.
    pub balance_is_not_the_ledger: Vec<OrganizationId>,
    /// Organizations whose held money is not the sum of what their messages hold.
    pub held_is_not_the_holds: Vec<OrganizationId>,
    /// Organizations that spent or set aside more than they have. Only those that may overdraw, and
    /// those charged after a refund, can be.
    pub overdrawn: Vec<OrganizationId>,
    /// How many of the provider's events belong to no message.
    pub unmatched_events: i64,
}

statement! {
    BalanceIsNotTheLedger {} -> SqlUuid;
    "SELECT organization_id FROM wallets
     LEFT JOIN (SELECT organization_id, sum(amount) AS total FROM ledger GROUP BY 1) AS booked
         USING (organization_id)
     WHERE balance <> coalesce(total, 0) ORDER BY 1"
}

statement! {
    HeldIsNotTheHolds {} -> SqlUuid;
    "SELECT organization_id FROM wallets
     FULL JOIN (SELECT organization_id, sum(hold) AS total FROM messages GROUP BY 1) AS held_by
         USING (organization_id)
     WHERE coalesce(held, 0) <> coalesce(total, 0) ORDER BY 1"
}

statement! {
    Overdrawn {} -> SqlUuid;
    "SELECT organization_id FROM wallets WHERE balance < held ORDER BY 1"
}

statement! {
    UnmatchedEvents {} -> BigInt;
    "SELECT count(*) FROM provider_events WHERE message_id IS NULL"
}

impl Pg {
    /// Goes through the books.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit(&self) -> Result<Audit, StoreError> {
        let mut connection = self.patient().await?;
        let balances: Vec<Uuid> = BalanceIsNotTheLedger {}.load(&mut connection).await?;
        let holds: Vec<Uuid> = HeldIsNotTheHolds {}.load(&mut connection).await?;
        let overdrawn: Vec<Uuid> = Overdrawn {}.load(&mut connection).await?;
        let events: Vec<i64> = UnmatchedEvents {}.load(&mut connection).await?;
        let ids = |found: Vec<Uuid>| found.into_iter().map(OrganizationId::new).collect();
        Ok(Audit {
            balance_is_not_the_ledger: ids(balances),
            held_is_not_the_holds: ids(holds),
            overdrawn: ids(overdrawn),
            unmatched_events: events.into_iter().sum(),
        })
    }
}
