//! [`WalletRepository`] on Postgres.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::result::{Error as QueryError, QueryResult};
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;
use sms_domain::ports::{
    AuditAction, AuditEntry, TopUp, TopUpOutcome, Unavailable, Wallet, WalletRepository,
};
use sms_domain::values::billing::{LedgerKind, Money};
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    FindWallet { organization: SqlUuid = Uuid } -> (Text, BigInt, BigInt, Timestamptz);
    "SELECT organizations.name, wallets.balance, wallets.held,
         coalesce(wallets.created_at, to_timestamp(0))
     FROM wallets JOIN organizations ON organizations.id = wallets.organization_id
     WHERE wallets.organization_id = $organization"
}

statement! {
    LockOrganization { organization: SqlUuid = Uuid } -> Bool;
    "SELECT true FROM organizations WHERE id = $organization FOR KEY SHARE"
}

statement! {
    Book {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        kind: Text = String,
        amount: BigInt = i64,
        at: Timestamptz = DateTime<Utc>,
        reference: Text = String,
    } -> ();
    "INSERT INTO ledger (organization_id, id, kind, amount, at, reference)
     VALUES ($organization, $id, $kind, $amount, $at, $reference)
     ON CONFLICT (organization_id, reference) WHERE reference IS NOT NULL DO NOTHING"
}

statement! {
    FindBooked { organization: SqlUuid = Uuid, reference: Text = String } -> (BigInt, BigInt);
    "SELECT ledger.amount, wallets.balance FROM ledger JOIN wallets USING (organization_id)
     WHERE organization_id = $organization AND reference = $reference"
}

statement! {
    PutIn {
        organization: SqlUuid = Uuid,
        amount: BigInt = i64,
        at: Timestamptz = DateTime<Utc>,
    } -> BigInt;
    "INSERT INTO wallets (organization_id, balance, held, created_at)
     VALUES ($organization, $amount, 0, $at)
     ON CONFLICT (organization_id) DO UPDATE SET balance = wallets.balance + excluded.balance
     RETURNING balance"
}

#[async_trait]
impl WalletRepository for Pg {
    async fn wallet(&self, organization_id: OrganizationId) -> Result<Option<Wallet>, Unavailable> {
        Ok(self.find_wallet(organization_id).await?)
    }

    async fn top_up(&self, top_up: TopUp) -> Result<TopUpOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let booked = tokio::spawn(async move { pg.book(top_up).await });
        Ok(booked.await.map_err(StoreError::Task)??)
    }
}

impl Pg {
    async fn find_wallet(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Option<Wallet>, StoreError> {
        let mut connection = self.cold().await?;
        let statement = FindWallet {
            organization: organization_id.as_uuid(),
        };
        let row: Option<(String, i64, i64, DateTime<Utc>)> =
            statement.get_result(&mut connection).await.optional()?;
        let wallet = |(organization_name, balance, held, created_at)| Wallet {
            organization_id,
            organization_name,
            balance: Money::from_micros(balance),
            held: Money::from_micros(held),
            created_at,
        };
        Ok(row.map(wallet))
    }

    async fn book(&self, top_up: TopUp) -> Result<TopUpOutcome, StoreError> {
        let mut connection = self.cold().await?;
        let booked = connection
            .transaction(async |connection| book(connection, &top_up).await)
            .await;
        match booked {
            Err(QueryError::DatabaseError(_, information))
                if information.message().contains(OUT_OF_RANGE) =>
            {
                Ok(TopUpOutcome::TooMuch)
            }
            other => Ok(other?),
        }
    }
}

/// How Postgres reports a numeric overflow.
const OUT_OF_RANGE: &str = "out of range";

async fn book(connection: &mut AsyncPgConnection, top_up: &TopUp) -> QueryResult<TopUpOutcome> {
    let (organization, amount) = (top_up.organization_id.as_uuid(), top_up.amount.micros());
    let lock = LockOrganization { organization };
    let known: Option<bool> = lock.get_result(connection).await.optional()?;
    if known.is_none() {
        return Ok(TopUpOutcome::Unknown);
    }
    let entry = Book {
        organization,
        id: top_up.id.as_uuid(),
        kind: LedgerKind::TopUp.as_str().to_owned(),
        amount,
        at: top_up.at,
        reference: top_up.reference.clone(),
    };
    if entry.execute(connection).await? == 0 {
        return repeated(connection, top_up).await;
    }
    let put_in = PutIn {
        organization,
        amount,
        at: top_up.at,
    };
    let balance: i64 = put_in.get_result(connection).await?;
    audit_log::record(connection, audited(top_up, balance)).await?;
    Ok(TopUpOutcome::Booked(Money::from_micros(balance)))
}

async fn repeated(connection: &mut AsyncPgConnection, top_up: &TopUp) -> QueryResult<TopUpOutcome> {
    let statement = FindBooked {
        organization: top_up.organization_id.as_uuid(),
        reference: top_up.reference.clone(),
    };
    let (amount, balance): (i64, i64) = statement.get_result(connection).await?;
    let amount = Money::from_micros(amount);
    Ok(if amount == top_up.amount {
        TopUpOutcome::Repeated(Money::from_micros(balance))
    } else {
        TopUpOutcome::Contradicts(amount)
    })
}

fn audited(top_up: &TopUp, balance: i64) -> AuditEntry {
    let amount = top_up.amount.micros();
    let before = json!({ "balance": balance.saturating_sub(amount) });
    let after = json!({ "balance": balance, "amount": amount, "reference": top_up.reference });
    AuditEntry::of(
        top_up.organization_id,
        top_up.by.clone(),
        top_up.at,
        AuditAction::MoneyAdded,
        top_up.id.to_string(),
    )
    .changed(Some(before), Some(after))
}
