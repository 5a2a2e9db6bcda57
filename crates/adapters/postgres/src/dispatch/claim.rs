//! A claim: one transaction that finds due rows in a fair order, lets them pass the lanes that they
//! have, and leases those that pass. Must not know what becomes of a row.
//!
//! The locks are taken in the order rows, lanes of numbers, of campaigns, of accounts. Rows that
//! another claim has are skipped.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{join3, join4};
use sms_domain::lifecycle::pacing::{Turn, Waiting, pass};
use sms_domain::ports::Claim;
use sms_domain::values::ProviderAccount;
use uuid::Uuid;

use super::cursors::{Cursors, Queue};
use super::lanes::{self, LaneKey, account_lane};
use super::ready::{Lease, Postpone, ReadyQueues, Ripen, TakeRows};
use crate::rows::{AttemptRow, BULK, MessageRow};
use crate::statement::run;
use crate::transaction::{self, commit};

/// A message with its newest attempt.
pub(super) type Claimed = (MessageRow, Option<AttemptRow>);

/// How many of the rows that came due since the last claim are made ready per row that a claim may take.
const RIPENED_FOR_EACH: usize = 2;

/// How many of the latest due rows the first claim of a process makes ready, beside the longest due: what came due
/// behind a campaign while no worker ran.
const RIPENED_AT_FIRST: usize = 1000;

/// A ready queue and how many of its rows may be taken.
pub(super) struct Open {
    queue: Queue,
    room: usize,
}

/// A row that was found and is locked.
pub(super) struct Found {
    priority: i16,
    account: String,
    organization: Uuid,
    message: Uuid,
    recipient: String,
    number: Option<Uuid>,
    campaign: Option<Uuid>,
}

/// Claims rows. On an error the transaction is left open: the connection must not be used again.
pub(super) async fn claim(
    connection: &AsyncPgConnection,
    cursors: &Cursors,
    claim: &Claim,
) -> QueryResult<Vec<Claimed>> {
    let (open, is_more_due) = begin(connection, cursors, claim).await?;
    let found = find(connection, cursors, claim, open).await?;
    if found.is_empty() {
        commit(connection).await?;
        cursors.ripened(claim.now, is_more_due);
        return Ok(Vec::new());
    }
    let waiting: Vec<_> = found.iter().map(Found::waiting).collect();
    let wanted: BTreeSet<LaneKey> = waiting.iter().flat_map(|one| one.lanes.clone()).collect();
    let mut lanes = lanes::lock(connection, &wanted).await?;
    let turns = pass(&mut lanes, &waiting, claim.now);
    let leased = write(connection, claim, &found, &turns, &lanes).await?;
    cursors.ripened(claim.now, is_more_due);
    Ok(leased)
}

/// Begins, makes due rows ready, and returns the queues that have ready rows, and whether more rows came due
/// since the last claim than were made ready.
pub(super) async fn begin(
    connection: &AsyncPgConnection,
    cursors: &Cursors,
    claim: &Claim,
) -> QueryResult<(Vec<Open>, bool)> {
    let since = cursors.ripe_until();
    let latest = match since {
        Some(_) => claim.limit.saturating_mul(RIPENED_FOR_EACH),
        None => RIPENED_AT_FIRST,
    };
    let ripen = Ripen {
        now: claim.now,
        longest: integer(claim.limit),
        since,
        latest: integer(latest),
    };
    let (begun, ripened, queues) = join3(
        transaction::begin(connection),
        ripen_rows(connection, ripen),
        ready_queues(connection),
    )
    .await;
    begun?;
    let is_more_due = ripened? >= integer(latest);
    let is_paused = |account: &str| {
        claim
            .paused
            .iter()
            .any(|paused: &ProviderAccount| paused.as_str() == account)
    };
    let open = |(priority, account, _, lane): ReadyQueue| {
        let lane = lane.map(|(next_at, rate)| account_lane(next_at, rate));
        Open {
            queue: (priority, account),
            room: lane.map_or(usize::MAX, |lane| lane.room(claim.now)),
        }
    };
    let open = queues?
        .into_iter()
        .filter(|(_, account, ..)| !is_paused(account))
        .map(open)
        .collect();
    Ok((open, is_more_due))
}

async fn ripen_rows(mut connection: &AsyncPgConnection, ripen: Ripen) -> QueryResult<i64> {
    ripen.get_result(&mut connection).await
}

/// Priority, account, the due time of one of its rows, and the account's lane: when it admits the next
/// message, and its rate.
pub(super) type ReadyQueue = (i16, String, DateTime<Utc>, Option<(DateTime<Utc>, i32)>);

pub(super) async fn ready_queues(
    mut connection: &AsyncPgConnection,
) -> QueryResult<Vec<ReadyQueue>> {
    type Row = (
        i16,
        String,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
        Option<i32>,
    );
    let rows: Vec<Row> = ReadyQueues {}.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(priority, account, due_at, next_at, rate)| {
            (priority, account, due_at, next_at.zip(rate))
        })
        .collect())
}

/// Finds rows, the higher priorities first; accounts of the same priority share what is left. Of each
/// recipient's rows one is kept.
pub(super) async fn find(
    connection: &AsyncPgConnection,
    cursors: &Cursors,
    claim: &Claim,
    open: Vec<Open>,
) -> QueryResult<Vec<Found>> {
    let mut sharers: BTreeMap<i16, usize> = BTreeMap::new();
    for one in &open {
        *sharers.entry(one.queue.0).or_default() += 1;
    }
    let mut recipients = HashSet::new();
    let mut found: Vec<Found> = Vec::new();
    for one in open {
        let left = claim.limit.saturating_sub(found.len());
        let sharers = sharers.entry(one.queue.0).or_default();
        let share = left.div_ceil((*sharers).max(1)).min(one.room);
        *sharers = sharers.saturating_sub(1);
        if share == 0 {
            continue;
        }
        let rows = take(connection, cursors, claim, one.queue, share).await?;
        let is_first = |row: &Found| recipients.insert((row.organization, row.recipient.clone()));
        found.extend(rows.into_iter().filter(is_first));
    }
    Ok(found)
}

async fn take(
    mut connection: &AsyncPgConnection,
    cursors: &Cursors,
    claim: &Claim,
    queue: Queue,
    most: usize,
) -> QueryResult<Vec<Found>> {
    type Row = (Uuid, Uuid, String, Option<Uuid>, Option<Uuid>, i64);
    let (limited, rooms) = (claim.rooms.iter())
        .map(|(organization, room)| (organization.as_uuid(), integer(*room)))
        .unzip();
    let statement = TakeRows {
        priority: queue.0,
        account: queue.1.clone(),
        now: claim.now,
        after: cursors.of(&queue),
        limited,
        rooms,
        most: integer(most),
    };
    let rows: Vec<Row> = statement.load(&mut connection).await?;
    if let Some((last, ..)) = rows.iter().take_while(|(.., nth)| *nth == 1).last() {
        cursors.set(queue.clone(), *last);
    }
    let (priority, account) = queue;
    let found = |(organization, message, recipient, number, campaign, _): Row| Found {
        priority,
        account: account.clone(),
        organization,
        message,
        recipient,
        number,
        campaign,
    };
    Ok(rows.into_iter().map(found).collect())
}

impl Found {
    fn waiting(&self) -> Waiting<LaneKey> {
        let mut lanes = Vec::new();
        // A message without a number, or already in flight, waits in no lane.
        if let Some(number) = self.number {
            lanes.push(LaneKey::Number(self.account.clone(), number));
            lanes.extend(
                self.campaign
                    .map(|campaign| LaneKey::Campaign(self.organization, campaign)),
            );
            lanes.push(LaneKey::Account(self.account.clone()));
        }
        Waiting {
            is_bulk: self.priority >= BULK,
            lanes,
        }
    }
}

/// Leases what passed, postpones the rest, moves the lanes on, and commits.
async fn write(
    connection: &AsyncPgConnection,
    claim: &Claim,
    found: &[Found],
    turns: &[Turn],
    lanes: &lanes::Lanes,
) -> QueryResult<Vec<Claimed>> {
    let mut lease = Lease {
        organizations: Vec::new(),
        messages: Vec::new(),
        now: claim.now,
        until: claim.lease_until,
    };
    let mut postpone = Postpone {
        organizations: Vec::new(),
        messages: Vec::new(),
        turns: Vec::new(),
    };
    for (row, turn) in found.iter().zip(turns) {
        match turn {
            Turn::Now => {
                lease.organizations.push(row.organization);
                lease.messages.push(row.message);
            }
            Turn::At(at) => {
                postpone.organizations.push(row.organization);
                postpone.messages.push(row.message);
                postpone.turns.push(*at);
            }
        }
    }
    let is_any_refused = !postpone.messages.is_empty();
    let (leased, postponed, advanced, committed) = join4(
        load_leased(connection, lease),
        run(connection, is_any_refused.then_some(postpone)),
        lanes::advance(connection, lanes),
        commit(connection),
    )
    .await;
    postponed.and(advanced).and(committed)?;
    leased
}

async fn load_leased(
    mut connection: &AsyncPgConnection,
    lease: Lease,
) -> QueryResult<Vec<Claimed>> {
    if lease.messages.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<(i64, bool, MessageRow, Option<AttemptRow>)> =
        lease.load(&mut connection).await?;
    rows.sort_unstable_by_key(|(place, ..)| *place);
    Ok(rows
        .into_iter()
        .filter(|(_, is_calling, ..)| !is_calling)
        .map(|(_, _, message, attempt)| (message, attempt))
        .collect())
}

fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
