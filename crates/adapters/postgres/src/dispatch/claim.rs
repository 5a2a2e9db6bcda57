//! The claim: one statement that finds due rows, lets them pass the lanes that they have, and moves
//! their due times. Must not know what becomes of a row.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};

use super::lanes::PASS_LANES;
use crate::rows::{AttemptRow, AttemptSql, MessageRow, MessageSql};
use crate::statement::{Columns, statement};

statement! {
    /// One scan per priority, each in the order of the index, so that neither the rows that are due
    /// later nor a backlog of bulk messages are ever read or sorted. Of the rows found, the first of
    /// each recipient is taken; the others stay due. Those that their lanes refuse become due again
    /// when their turn may come.
    Claim {
        now: Timestamptz = DateTime<Utc>,
        lease_until: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
        paused: Array<Text> = Vec<String>,
    } -> (Timestamptz, Bool, MessageSql, Nullable<AttemptSql>);
    "WITH system AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at, status,
             provider_account, number_id, reserved_campaign_id AS campaign_id
         FROM messages
         WHERE priority = 0 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at LIMIT $most FOR UPDATE SKIP LOCKED),
     immediate AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at, status,
             provider_account, number_id, reserved_campaign_id AS campaign_id
         FROM messages
         WHERE priority = 1 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at LIMIT $most - (SELECT count(*) FROM system)
         FOR UPDATE SKIP LOCKED),
     bulk AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at, status,
             provider_account, number_id, reserved_campaign_id AS campaign_id
         FROM messages
         WHERE priority = 2 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at
         LIMIT $most - (SELECT count(*) FROM system) - (SELECT count(*) FROM immediate)
         FOR UPDATE SKIP LOCKED),
     found AS (
         SELECT * FROM system UNION ALL SELECT * FROM immediate UNION ALL SELECT * FROM bulk),
     taken AS (
         SELECT DISTINCT ON (organization_id, recipient) * FROM found
         ORDER BY organization_id, recipient, priority, due_at, id),",
    PASS_LANES.as_str(),
    "
     due_again AS (
         SELECT taken.organization_id, taken.id, taken.attempts_last, taken.due_at,
             coalesce(turn, $lease_until) AS due_again, turn IS NULL AS is_admitted
         FROM taken LEFT JOIN claimed USING (organization_id, id))
     UPDATE messages SET due_at = taken.due_again
     FROM due_again AS taken LEFT JOIN attempts
         ON attempts.organization_id = taken.organization_id AND attempts.message_id = taken.id
         AND attempts.number = taken.attempts_last
     WHERE messages.organization_id = taken.organization_id AND messages.id = taken.id
     RETURNING taken.due_at, taken.is_admitted, ", MessageRow::SELECT, ", ", AttemptRow::SELECT
}
