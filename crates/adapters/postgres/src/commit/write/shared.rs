//! Rows that messages share: conversations, counters, wallets, keys. Counters and wallets are locked, so
//! their new values are written without conditions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use sms_domain::lifecycle::{ActiveNumber, MessageChange};
use sms_domain::message::{Route, State};
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::{CounterKey, ProviderAccount};
use uuid::Uuid;

use crate::commit::admit::Outcome;
use crate::commit::counters::{CampaignColumns, NumberColumns};
use crate::commit::lock::Locked;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    InsertWallets {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        balances: Array<BigInt> = Vec<i64>,
        holds: Array<BigInt> = Vec<i64>,
        opened: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "INSERT INTO wallets (organization_id, balance, held, created_at)
     SELECT input.*, $opened FROM unnest($organizations, $balances, $holds)
         AS input (organization_id, balance, held)"
}

statement! {
    UpdateWallets {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        balances: Array<BigInt> = Vec<i64>,
        holds: Array<BigInt> = Vec<i64>,
        expected: BigInt = i64,
    } -> BigInt;
    "WITH updated AS (
         UPDATE wallets SET balance = input.balance, held = input.held
         FROM unnest($organizations, $balances, $holds) AS input (organization_id, balance, held)
         WHERE wallets.organization_id = input.organization_id
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

statement! {
    UpdateCounters {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
        kinds: Array<Text> = Vec<String>,
        starts: Array<Timestamptz> = Vec<DateTime<Utc>>,
        used: Array<Integer> = Vec<i32>,
        taken_at: Array<Nullable<Timestamptz>> = Vec<Option<DateTime<Utc>>>,
        expected: BigInt = i64,
    } -> BigInt;
    "WITH updated AS (
         UPDATE counters
         SET used = input.used, last_taken_at = greatest(counters.last_taken_at, input.taken_at)
         FROM unnest($organizations, $numbers, $kinds, $starts, $used, $taken_at)
             AS input (organization_id, number_id, kind, window_start, used, taken_at)
         WHERE counters.organization_id = input.organization_id
             AND counters.number_id = input.number_id AND counters.kind = input.kind
             AND counters.window_start = input.window_start
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

statement! {
    UpdateCampaignCounters {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        campaigns: Array<SqlUuid> = Vec<Uuid>,
        days: Array<Timestamptz> = Vec<DateTime<Utc>>,
        used: Array<Integer> = Vec<i32>,
        expected: BigInt = i64,
    } -> BigInt;
    "WITH updated AS (
         UPDATE campaign_counters SET used = input.used
         FROM unnest($organizations, $campaigns, $days, $used)
             AS input (organization_id, campaign_id, day_start, used)
         WHERE campaign_counters.organization_id = input.organization_id
             AND campaign_counters.campaign_id = input.campaign_id
             AND campaign_counters.day_start = input.day_start
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

statement! {
    /// A conversation's number changes only to a later one, and its first message only to an earlier one.
    /// Numbers that are set apart never become the conversation's number; only those of the simulator can be.
    UpdateConversations {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
        accounts: Array<Text> = Vec<String>,
        simulated: Array<Bool> = Vec<bool>,
        since: Array<Timestamptz> = Vec<DateTime<Utc>>,
        sent: Array<Nullable<Timestamptz>> = Vec<Option<DateTime<Utc>>>,
    } -> ();
    "UPDATE conversations SET
         active_number_id = CASE WHEN active_since > input.since THEN active_number_id
                                 ELSE input.number_id END,
         active_since = greatest(active_since, input.since),
         first_sent_at = least(first_sent_at, input.sent)
     FROM unnest($organizations, $ids, $numbers, $accounts, $simulated, $since, $sent)
         AS input (organization_id, id, number_id, account, is_simulated, since, sent)
     WHERE conversations.organization_id = input.organization_id AND conversations.id = input.id
         AND NOT (input.is_simulated AND is_set_apart(input.organization_id, input.account))"
}

statement! {
    DropKeys {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        keys: Array<Text> = Vec<String>,
    } -> ();
    "DELETE FROM idempotency_keys USING unnest($organizations, $keys) AS input (organization_id, key)
     WHERE idempotency_keys.organization_id = input.organization_id
         AND idempotency_keys.key = input.key"
}

struct WalletColumns {
    organizations: Vec<Uuid>,
    balances: Vec<i64>,
    holds: Vec<i64>,
}

/// The wallets, filtered by whether they exist.
fn wallets(outcome: &Outcome, locked: &Locked, exist: bool) -> WalletColumns {
    let mut columns = WalletColumns {
        organizations: Vec::new(),
        balances: Vec::new(),
        holds: Vec::new(),
    };
    for (organization, (balance, held)) in &outcome.wallets {
        if locked.wallets.contains_key(organization) == exist {
            columns.organizations.push(*organization);
            columns.balances.push(balance.micros());
            columns.holds.push(held.micros());
        }
    }
    columns
}

/// An organization that may overdraw gets a wallet with its first message.
pub(super) fn insert_wallets(
    changes: &[&MessageChange],
    outcome: &Outcome,
    locked: &Locked,
) -> Option<InsertWallets> {
    let WalletColumns {
        organizations,
        balances,
        holds,
    } = wallets(outcome, locked, false);
    let changed = changes
        .iter()
        .map(|change| change.message.timeline.modified_at);
    let opened = changed.min();
    (!organizations.is_empty()).then_some(InsertWallets {
        organizations,
        balances,
        holds,
        opened,
    })
}

pub(super) fn update_wallets(outcome: &Outcome, locked: &Locked) -> Option<UpdateWallets> {
    let WalletColumns {
        organizations,
        balances,
        holds,
    } = wallets(outcome, locked, true);
    let expected = count(&organizations);
    (expected > 0).then_some(UpdateWallets {
        organizations,
        balances,
        holds,
        expected,
    })
}

pub(super) fn counters(outcome: &Outcome) -> Option<UpdateCounters> {
    let NumberColumns {
        organizations,
        numbers,
        kinds,
        starts,
    } = outcome.counters.keys().collect();
    let of_numbers = || {
        outcome
            .counters
            .iter()
            .filter(|((_, key), _)| !is_campaigns(key))
    };
    let used = of_numbers().map(|(_, counter)| counter.used).collect();
    let taken_at = of_numbers().map(|(_, counter)| counter.taken_at).collect();
    let expected = count(&organizations);
    (expected > 0).then_some(UpdateCounters {
        organizations,
        numbers,
        kinds,
        starts,
        used,
        taken_at,
        expected,
    })
}

pub(super) fn campaign_counters(outcome: &Outcome) -> Option<UpdateCampaignCounters> {
    let CampaignColumns {
        organizations,
        campaigns,
        days,
    } = outcome.counters.keys().collect();
    let of_campaigns = outcome
        .counters
        .iter()
        .filter(|((_, key), _)| is_campaigns(key));
    let used = of_campaigns.map(|(_, counter)| counter.used).collect();
    let expected = count(&organizations);
    (expected > 0).then_some(UpdateCampaignCounters {
        organizations,
        campaigns,
        days,
        used,
        expected,
    })
}

const fn is_campaigns(key: &CounterKey) -> bool {
    match key {
        CounterKey::Campaign { .. } => true,
        CounterKey::Number { .. } => false,
    }
}

/// The combined changes of a group to one conversation.
struct Moved {
    number: PhoneNumberId,
    account: ProviderAccount,
    since: DateTime<Utc>,
    sent: Option<DateTime<Utc>>,
}

impl Moved {
    fn by(change: &MessageChange, active: &ActiveNumber, route: &Route) -> Self {
        Self {
            number: active.number_id,
            account: route.account.clone(),
            since: active.at,
            sent: (change.message.state != State::Received).then_some(active.at),
        }
    }

    /// The latest number counts, and the earliest message.
    fn then(self, next: Self) -> Self {
        let sent = [self.sent, next.sent].into_iter().flatten().min();
        let latest = if next.since >= self.since { next } else { self };
        Self { sent, ..latest }
    }
}

/// One row per conversation, and a second one for its simulated numbers. The statement uses only one of the
/// two, so that a number that is set apart does not hide a real one.
pub(super) fn conversations(changes: &[&MessageChange]) -> Option<UpdateConversations> {
    let mut rows: BTreeMap<_, Moved> = BTreeMap::new();
    for change in changes {
        let (Some(active), Some(route)) = (&change.active_number, &change.message.route) else {
            continue;
        };
        let organization = change.message.organization_id;
        let is_simulated = route.account.is_simulated();
        let key = (organization, active.conversation_id, is_simulated);
        let moved = Moved::by(change, active, route);
        let moved = match rows.remove(&key) {
            Some(before) => before.then(moved),
            None => moved,
        };
        rows.insert(key, moved);
    }
    let (keys, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    (!keys.is_empty()).then(|| UpdateConversations {
        organizations: keys.iter().map(|key| key.0.as_uuid()).collect(),
        ids: keys.iter().map(|key| key.1.as_uuid()).collect(),
        numbers: rows.iter().map(|moved| moved.number.as_uuid()).collect(),
        accounts: (rows.iter())
            .map(|moved| moved.account.as_str().to_owned())
            .collect(),
        simulated: keys.iter().map(|key| key.2).collect(),
        since: rows.iter().map(|moved| moved.since).collect(),
        sent: rows.iter().map(|moved| moved.sent).collect(),
    })
}

pub(super) fn drop_keys(outcome: &Outcome) -> Option<DropKeys> {
    let (organizations, keys) = outcome.unused_keys.iter().cloned().unzip();
    (!outcome.unused_keys.is_empty()).then_some(DropKeys {
        organizations,
        keys,
    })
}

pub(super) fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
