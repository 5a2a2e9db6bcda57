//! Recipients. Their rows are locked, so their new values are written without conditions. The messages that
//! they remember are sent as flat arrays, of which each recipient has a slice.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Timestamptz};
use uuid::Uuid;

use super::shared::count;
use crate::commit::admit::Outcome;
use crate::commit::keys::OrganizationText;
use crate::commit::lock::Locked;
use crate::rows::{RecipientRow, integer};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    InsertRecipients {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        phones: Array<Text> = Vec<String>,
        versions: Array<BigInt> = Vec<i64>,
        firsts: Array<Integer> = Vec<i32>,
        lasts: Array<Integer> = Vec<i32>,
        ids: Array<SqlUuid> = Vec<Uuid>,
        at: Array<Timestamptz> = Vec<DateTime<Utc>>,
        hashes: Array<BigInt> = Vec<i64>,
        counted: Array<Bool> = Vec<bool>,
    } -> ();
    "INSERT INTO recipients (organization_id, phone, version,
         recent_ids, recent_at, recent_hash, recent_counted)
     SELECT organization_id, phone, version,
         ($ids)[first:last], ($at)[first:last], ($hashes)[first:last], ($counted)[first:last]
     FROM unnest($organizations, $phones, $versions, $firsts, $lasts)
         AS input (organization_id, phone, version, first, last)"
}

statement! {
    UpdateRecipients {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        phones: Array<Text> = Vec<String>,
        versions: Array<BigInt> = Vec<i64>,
        firsts: Array<Integer> = Vec<i32>,
        lasts: Array<Integer> = Vec<i32>,
        ids: Array<SqlUuid> = Vec<Uuid>,
        at: Array<Timestamptz> = Vec<DateTime<Utc>>,
        hashes: Array<BigInt> = Vec<i64>,
        counted: Array<Bool> = Vec<bool>,
        expected: BigInt = i64,
    } -> BigInt;
    "WITH updated AS (
         UPDATE recipients SET version = input.version,
             recent_ids = ($ids)[first:last], recent_at = ($at)[first:last],
             recent_hash = ($hashes)[first:last], recent_counted = ($counted)[first:last]
         FROM unnest($organizations, $phones, $versions, $firsts, $lasts)
             AS input (organization_id, phone, version, first, last)
         WHERE recipients.organization_id = input.organization_id
             AND recipients.phone = input.phone AND recipients.version = input.version - 1
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

/// Recipients as arrays.
#[derive(Default)]
struct RecipientColumns {
    organizations: Vec<Uuid>,
    phones: Vec<String>,
    versions: Vec<i64>,
    firsts: Vec<i32>,
    lasts: Vec<i32>,
    recent: RecipientRow,
}

impl RecipientColumns {
    /// The recipients, filtered by whether they exist.
    fn of(outcome: &Outcome, locked: &Locked, exist: bool) -> Self {
        let mut columns = Self::default();
        for (key, row) in &outcome.recipients {
            if locked.recipients.contains_key(key) == exist {
                columns.add(key, row);
            }
        }
        columns
    }

    fn add(&mut self, (organization, phone): &OrganizationText, row: &RecipientRow) {
        self.organizations.push(*organization);
        self.phones.push(phone.clone());
        self.versions.push(row.version);
        // Postgres slices start at 1 and include the end.
        self.firsts
            .push(length(&self.recent.recent_ids).saturating_add(1));
        self.recent.recent_ids.extend(&row.recent_ids);
        self.recent.recent_at.extend(&row.recent_at);
        self.recent.recent_hash.extend(&row.recent_hash);
        self.recent.recent_counted.extend(&row.recent_counted);
        self.lasts.push(length(&self.recent.recent_ids));
    }
}

pub(super) fn insert(outcome: &Outcome, locked: &Locked) -> Option<InsertRecipients> {
    let columns = RecipientColumns::of(outcome, locked, false);
    (!columns.phones.is_empty()).then_some(InsertRecipients {
        organizations: columns.organizations,
        phones: columns.phones,
        versions: columns.versions,
        firsts: columns.firsts,
        lasts: columns.lasts,
        ids: columns.recent.recent_ids,
        at: columns.recent.recent_at,
        hashes: columns.recent.recent_hash,
        counted: columns.recent.recent_counted,
    })
}

pub(super) fn update(outcome: &Outcome, locked: &Locked) -> Option<UpdateRecipients> {
    let columns = RecipientColumns::of(outcome, locked, true);
    let expected = count(&columns.phones);
    (expected > 0).then_some(UpdateRecipients {
        organizations: columns.organizations,
        phones: columns.phones,
        versions: columns.versions,
        firsts: columns.firsts,
        lasts: columns.lasts,
        ids: columns.recent.recent_ids,
        at: columns.recent.recent_at,
        hashes: columns.recent.recent_hash,
        counted: columns.recent.recent_counted,
        expected,
    })
}

fn length<T>(items: &[T]) -> i32 {
    integer(u32::try_from(items.len()).unwrap_or(u32::MAX))
}
