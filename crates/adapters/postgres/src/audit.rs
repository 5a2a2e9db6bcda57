//! Checks of sums over the whole store, which must hold after any number of crashes. Reads every row: for
//! tests and for operators, never on the path of a request.

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Organizations whose balance differs from the sum of their ledger.
    pub balance_is_not_the_ledger: Vec<OrganizationId>,
    /// Organizations whose held money differs from the sum of their messages' holds.
    pub held_is_not_the_holds: Vec<OrganizationId>,
    /// Organizations that spent or hold more than their balance. Only organizations that may overdraw, or
    /// that were charged after a refund, can appear here.
    pub overdrawn: Vec<OrganizationId>,
    /// Number of provider events without a message.
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
    /// Runs the audit.
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
