//! How due rows are found, and what is written about those that were taken. Must not know what becomes
//! of a row.
//!
//! The index of ready rows is ordered by priority, account, organization and due time. A claim goes
//! from one organization to the next by the index, so that its cost depends neither on how many
//! organizations there are nor on how many rows wait.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use uuid::Uuid;

use crate::rows::{AttemptRow, AttemptSql, MessageSql, StateRow, SubmissionRow};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Makes due rows ready for claims, including those whose lease a dead worker let expire: the longest due,
    /// and those that came due after `since`, the latest first. What comes due behind a campaign would otherwise
    /// wait until all of the campaign's rows are ready.
    ///
    /// A ready row costs a write, so that no more of the longest due are made ready than a claim may take.
    /// Answers how many came due after `since`; `latest` of them: there may be more.
    Ripen {
        now: Timestamptz = DateTime<Utc>,
        longest: BigInt = i64,
        since: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        latest: BigInt = i64,
    } -> BigInt;
    "WITH first AS MATERIALIZED (
         SELECT organization_id, message_id FROM due WHERE NOT is_ready AND due_at <= $now
         ORDER BY due_at LIMIT $longest FOR UPDATE SKIP LOCKED),
     last AS MATERIALIZED (
         SELECT organization_id, message_id FROM due WHERE NOT is_ready AND due_at <= $now
             AND due_at > coalesce($since, '-infinity')
         ORDER BY due_at DESC LIMIT $latest FOR UPDATE SKIP LOCKED),
     ripened AS (
         UPDATE due SET is_ready = true
         FROM (SELECT * FROM first UNION SELECT * FROM last) AS ripe
         WHERE due.organization_id = ripe.organization_id AND due.message_id = ripe.message_id)
     SELECT count(*) FROM last"
}

statement! {
    /// The queues that have ready rows: priority, account, the due time of one row, and the lane of an
    /// account that has a rate.
    ReadyQueues {} -> (SmallInt, Text, Timestamptz, Nullable<Timestamptz>, Nullable<Integer>);
    "WITH RECURSIVE queues AS (
         (SELECT priority, provider_account, due_at FROM due WHERE is_ready
          ORDER BY priority, provider_account LIMIT 1)
         UNION ALL
         SELECT next.* FROM queues CROSS JOIN LATERAL (
             SELECT priority, provider_account, due_at FROM due
             WHERE is_ready AND (priority, provider_account)
                 > (queues.priority, queues.provider_account)
             ORDER BY priority, provider_account LIMIT 1) AS next)
     SELECT queues.priority, queues.provider_account, queues.due_at, lane.next_at, lane.per_second
     FROM queues LEFT JOIN account_lanes AS lane USING (provider_account)
     ORDER BY queues.priority, queues.provider_account"
}

statement! {
    /// Rows of one queue that are due by the caller's clock, one per recipient. Organizations come in
    /// order, starting after `after` and wrapping around. Each gives an equal share, and the first row of
    /// each comes before the second of any. An organization in `limited` gives at most its `rooms`.
    ///
    /// Only the rows that are returned are locked. An opt-out changes all rows of a person; with more of
    /// them locked it would wait for one claim after another. The scan reads twice an organization's
    /// share, so that it finds rows that no other claim has locked.
    TakeRows {
        priority: SmallInt = i16,
        account: Text = String,
        now: Timestamptz = DateTime<Utc>,
        after: SqlUuid = Uuid,
        limited: Array<SqlUuid> = Vec<Uuid>,
        rooms: Array<BigInt> = Vec<i64>,
        most: BigInt = i64,
    } -> (SqlUuid, SqlUuid, Text, Nullable<SqlUuid>, Nullable<SqlUuid>, BigInt);
    "WITH RECURSIVE behind AS (
         (SELECT organization_id, 1 AS place FROM due
          WHERE is_ready AND priority = $priority AND provider_account = $account
              AND organization_id > $after
          ORDER BY organization_id LIMIT 1)
         UNION ALL
         SELECT next.organization_id, behind.place + 1 FROM behind CROSS JOIN LATERAL (
             SELECT organization_id FROM due
             WHERE is_ready AND priority = $priority AND provider_account = $account
                 AND organization_id > behind.organization_id
             ORDER BY organization_id LIMIT 1) AS next
         WHERE behind.place < $most),
     before AS (
         (SELECT organization_id, 1 + (SELECT count(*) FROM behind) AS place FROM due
          WHERE is_ready AND priority = $priority AND provider_account = $account
              AND organization_id <= $after
          ORDER BY organization_id LIMIT 1)
         UNION ALL
         SELECT next.organization_id, before.place + 1 FROM before CROSS JOIN LATERAL (
             SELECT organization_id FROM due
             WHERE is_ready AND priority = $priority AND provider_account = $account
                 AND organization_id > before.organization_id AND organization_id <= $after
             ORDER BY organization_id LIMIT 1) AS next
         WHERE before.place < $most),
     organizations AS MATERIALIZED (
         SELECT organization_id, place, coalesce(room, $most) AS room, count(*) OVER () AS sharers
         FROM (SELECT * FROM behind UNION ALL SELECT * FROM before) AS found
         LEFT JOIN unnest($limited, $rooms) AS held (organization_id, room) USING (organization_id)
         WHERE room IS DISTINCT FROM 0)
     SELECT organization_id, message_id, recipient, number_id, campaign_id, nth
     FROM organizations CROSS JOIN LATERAL (
         SELECT message_id, recipient, number_id, campaign_id,
             row_number() OVER (ORDER BY due_at, message_id) AS nth
         FROM (
             SELECT row.* FROM (
                 SELECT message_id FROM (
                     SELECT DISTINCT ON (recipient) message_id, due_at FROM (
                         SELECT message_id, recipient, due_at FROM due
                         WHERE is_ready AND priority = $priority AND provider_account = $account
                             AND organization_id = organizations.organization_id
                             AND due_at <= $now
                         ORDER BY due_at LIMIT 2 * ($most + sharers - 1) / sharers) AS head
                     ORDER BY recipient, due_at, message_id) AS firsts
                 ORDER BY due_at, message_id) AS wanted
             CROSS JOIN LATERAL (
                 SELECT message_id, recipient, number_id, campaign_id, due_at FROM due
                 WHERE organization_id = organizations.organization_id
                     AND message_id = wanted.message_id AND is_ready
                 FOR UPDATE SKIP LOCKED) AS row
             LIMIT least(room, ($most + sharers - 1) / sharers)) AS locked) AS taken
     ORDER BY nth, place LIMIT $most"
}

statement! {
    /// Hides rows until their lease ends; returns their places in the arrays, and their messages with their
    /// newest attempts.
    ///
    /// The beginning of an attempt leaves the row as the claim before it hid it. If that lease ends before
    /// the call's deadline, the row is hidden until the deadline, and the flag says so.
    Lease {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        messages: Array<SqlUuid> = Vec<Uuid>,
        now: Timestamptz = DateTime<Utc>,
        until: Timestamptz = DateTime<Utc>,
    } -> (BigInt, Bool, MessageSql, Nullable<AttemptSql>);
    "UPDATE due SET is_ready = false,
         due_at = CASE WHEN messages.status = 'sending' AND messages.due_at > $now
             THEN messages.due_at ELSE $until END,
         number_id = CASE WHEN messages.status = 'queued' THEN due.number_id END,
         campaign_id = CASE WHEN messages.status = 'queued' THEN due.campaign_id END
     FROM unnest($organizations, $messages) WITH ORDINALITY
         AS input (organization_id, message_id, place)
     JOIN messages ON messages.organization_id = input.organization_id
         AND messages.id = input.message_id
     JOIN submissions ON submissions.organization_id = messages.organization_id
         AND submissions.id = messages.id
     LEFT JOIN attempts ON attempts.organization_id = messages.organization_id
         AND attempts.message_id = messages.id AND attempts.number = messages.attempts_last
     WHERE due.organization_id = input.organization_id AND due.message_id = input.message_id
     RETURNING input.place, messages.status = 'sending' AND messages.due_at > $now,
         ", SubmissionRow::SELECT, ", ", StateRow::SELECT, ", ", AttemptRow::SELECT
}

statement! {
    /// Hides rows that a lane refuses until their turn.
    Postpone {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        messages: Array<SqlUuid> = Vec<Uuid>,
        turns: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> ();
    "UPDATE due SET due_at = input.turn, is_ready = false
     FROM unnest($organizations, $messages, $turns) AS input (organization_id, message_id, turn)
     WHERE due.organization_id = input.organization_id AND due.message_id = input.message_id"
}

statement! {
    /// The earliest due time of rows that are not ready.
    NextLater { paused: Array<Text> = Vec<String> } -> Nullable<Timestamptz>;
    "SELECT (SELECT due_at FROM due WHERE NOT is_ready AND provider_account <> ALL($paused)
             ORDER BY due_at LIMIT 1)"
}
