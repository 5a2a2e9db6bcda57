//! The first round trip: begin, and lock the rows that the group touches.
//!
//! The keys are sorted, and rows are locked in that order by a subquery per key. The subqueries also keep
//! the planner from scanning a whole table that it believes to be empty.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{join, join4, join5};
use sms_domain::lifecycle::{IdempotencyRecord, MessageChange};
use uuid::Uuid;

use super::counters::lock_counters;
use super::keys::{CounterId, EventKey, Keys, MessageKey, OrganizationText};
use crate::emergency_lock;
use crate::error::StoreError;
use crate::pause_lock;
use crate::rows::{RecipientRow, RecipientSql};
use crate::statement::statement;
use crate::transaction::begin;

/// The rows that were found, locked until the end of the transaction. Missing rows do not exist.
#[derive(Debug, Default)]
pub(super) struct Locked {
    /// Balance and held.
    pub(super) wallets: HashMap<Uuid, (i64, i64)>,
    pub(super) counters: HashMap<CounterId, i32>,
    /// The idempotency keys that this transaction claimed: inserted, or expired and replaced.
    pub(super) claimed: HashSet<OrganizationText>,
    pub(super) recipients: HashMap<OrganizationText, RecipientRow>,
    pub(super) messages: HashMap<MessageKey, i64>,
    /// The version of the emergencies, if the group begins an attempt.
    pub(super) emergencies: Option<i64>,
    /// The versions of the pauses of the organizations of which a change rests on them.
    pub(super) pauses: HashMap<Uuid, i64>,
    /// Whether the event already belongs to a message.
    pub(super) events: HashMap<EventKey, bool>,
}

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LockWallets { organizations: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, BigInt, BigInt);
    "SELECT organization_id, balance, held FROM wallets
     WHERE organization_id = ANY($organizations) ORDER BY organization_id FOR UPDATE"
}

statement! {
    /// Replaces an expired key. An unexpired key is not returned.
    ClaimKeys {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        keys: Array<Text> = Vec<String>,
        messages: Array<SqlUuid> = Vec<Uuid>,
        hashes: Array<Bytea> = Vec<Vec<u8>>,
        hash_versions: Array<SmallInt> = Vec<i16>,
        created: Array<Timestamptz> = Vec<DateTime<Utc>>,
        expire: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> (SqlUuid, Text);
    "INSERT INTO idempotency_keys AS stored
         (organization_id, key, message_id, request_hash, hash_version, created_at, expires_at)
     SELECT * FROM unnest($organizations, $keys, $messages, $hashes, $hash_versions, $created, $expire)
     ON CONFLICT (organization_id, key) DO UPDATE SET
         message_id = excluded.message_id, request_hash = excluded.request_hash,
         hash_version = excluded.hash_version, created_at = excluded.created_at,
         expires_at = excluded.expires_at
     WHERE stored.expires_at <= excluded.created_at
     RETURNING organization_id, key"
}

statement! {
    LockRecipients {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        phones: Array<Text> = Vec<String>,
    } -> (SqlUuid, Text, RecipientSql);
    "SELECT input.organization_id, input.phone, stored.*
     FROM unnest($organizations, $phones) AS input (organization_id, phone)
     CROSS JOIN LATERAL (
         SELECT version, recent_ids, recent_at, recent_hash, recent_counted FROM recipients
         WHERE organization_id = input.organization_id AND phone = input.phone
         FOR UPDATE) AS stored"
}

statement! {
    /// Locks nothing: the update of a message checks its version again.
    ReadVersions {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
    } -> (SqlUuid, SqlUuid, BigInt);
    "SELECT input.organization_id, input.id, stored.version
     FROM unnest($organizations, $ids) AS input (organization_id, id)
     CROSS JOIN LATERAL (
         SELECT version FROM messages
         WHERE organization_id = input.organization_id AND id = input.id OFFSET 0) AS stored"
}

statement! {
    LockEvents {
        accounts: Array<Text> = Vec<String>,
        ids: Array<Text> = Vec<String>,
    } -> (Text, Text, Bool);
    "SELECT input.provider_account, input.event_id, stored.is_matched
     FROM unnest($accounts, $ids) AS input (provider_account, event_id)
     CROSS JOIN LATERAL (
         SELECT message_id IS NOT NULL AS is_matched FROM provider_events
         WHERE provider_account = input.provider_account AND event_id = input.event_id
         FOR UPDATE) AS stored"
}

/// Begins the transaction and locks the rows. The statements are pipelined and run in this order.
pub(super) async fn lock(
    connection: &AsyncPgConnection,
    keys: &Keys,
    changes: &[MessageChange],
) -> Result<Locked, StoreError> {
    let money = join5(
        begin(connection),
        emergency_lock::lock(connection, changes),
        pause_lock::lock(connection, changes),
        lock_wallets(connection, keys),
        lock_counters(connection, &keys.counters),
    );
    let rows = join4(
        claim_keys(connection, keys, changes),
        lock_recipients(connection, keys),
        read_versions(connection, keys),
        lock_events(connection, keys),
    );
    let (first, (claimed, recipients, messages, events)) = join(money, rows).await;
    let (begun, emergencies, pauses, wallets, counters) = first;
    begun?;
    Ok(Locked {
        emergencies: emergencies?,
        pauses: pauses?,
        wallets: wallets?,
        counters: counters?,
        claimed: claimed?,
        recipients: recipients?,
        messages: messages?,
        events: events?,
    })
}

async fn lock_wallets(
    mut connection: &AsyncPgConnection,
    keys: &Keys,
) -> QueryResult<HashMap<Uuid, (i64, i64)>> {
    if keys.wallets.is_empty() {
        return Ok(HashMap::new());
    }
    let statement = LockWallets {
        organizations: keys.wallets.iter().copied().collect(),
    };
    let rows: Vec<(Uuid, i64, i64)> = statement.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, balance, held)| (id, (balance, held)))
        .collect())
}

async fn claim_keys(
    mut connection: &AsyncPgConnection,
    keys: &Keys,
    changes: &[MessageChange],
) -> QueryResult<HashSet<OrganizationText>> {
    if keys.idempotency.is_empty() {
        return Ok(HashSet::new());
    }
    let claims = keys
        .idempotency
        .values()
        .filter_map(|index| changes.get(*index))
        .filter_map(|change| change.idempotency.as_ref().map(|record| (change, record)));
    let rows: Vec<OrganizationText> = ClaimKeys::of(claims).load(&mut connection).await?;
    Ok(rows.into_iter().collect())
}

impl ClaimKeys {
    fn of<'c>(claims: impl Iterator<Item = (&'c MessageChange, &'c IdempotencyRecord)>) -> Self {
        let mut statement = Self {
            organizations: Vec::new(),
            keys: Vec::new(),
            messages: Vec::new(),
            hashes: Vec::new(),
            hash_versions: Vec::new(),
            created: Vec::new(),
            expire: Vec::new(),
        };
        for (change, record) in claims {
            statement
                .organizations
                .push(change.message.organization_id.as_uuid());
            statement.keys.push(record.key.clone());
            statement.messages.push(change.message.id.as_uuid());
            statement.hashes.push(record.request_hash.clone());
            statement.hash_versions.push(record.hash_version);
            statement.created.push(change.message.timeline.modified_at);
            statement.expire.push(record.expires_at);
        }
        statement
    }
}

async fn lock_recipients(
    mut connection: &AsyncPgConnection,
    keys: &Keys,
) -> QueryResult<HashMap<OrganizationText, RecipientRow>> {
    if keys.recipients.is_empty() {
        return Ok(HashMap::new());
    }
    let (organizations, phones) = keys.recipients.iter().cloned().unzip();
    let rows: Vec<(Uuid, String, RecipientRow)> = LockRecipients {
        organizations,
        phones,
    }
    .load(&mut connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, phone, recipient)| ((id, phone), recipient))
        .collect())
}

async fn read_versions(
    mut connection: &AsyncPgConnection,
    keys: &Keys,
) -> QueryResult<HashMap<MessageKey, i64>> {
    let (organizations, ids) = keys.messages.iter().copied().unzip();
    let rows: Vec<(Uuid, Uuid, i64)> = ReadVersions { organizations, ids }
        .load(&mut connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(organization, id, version)| ((organization, id), version))
        .collect())
}

async fn lock_events(
    mut connection: &AsyncPgConnection,
    keys: &Keys,
) -> QueryResult<HashMap<EventKey, bool>> {
    if keys.events.is_empty() {
        return Ok(HashMap::new());
    }
    let (accounts, ids) = keys.events.iter().cloned().unzip();
    let rows: Vec<(String, String, bool)> =
        LockEvents { accounts, ids }.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(account, id, matched)| ((account, id), matched))
        .collect())
}
