//! Rows that messages share: conversations, counters, wallets, keys. Counters and wallets are locked,
//! so they are written as they shall be.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};
use sms_domain::change::MessageChange;
use sms_domain::message::State;
use sms_domain::numbers::CounterKey;
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
    } -> ();
    "INSERT INTO wallets (organization_id, balance, held)
     SELECT * FROM unnest($organizations, $balances, $holds)"
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
    /// The number on which a conversation runs changes only to a later one; its first message is the
    /// earliest.
    UpdateConversations {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
        since: Array<Timestamptz> = Vec<DateTime<Utc>>,
        sent: Array<Nullable<Timestamptz>> = Vec<Option<DateTime<Utc>>>,
    } -> ();
    "UPDATE conversations SET
         active_number_id = CASE WHEN active_since > input.since THEN active_number_id
                                 ELSE input.number_id END,
         active_since = greatest(active_since, input.since),
         first_sent_at = least(first_sent_at, input.sent)
     FROM unnest($organizations, $ids, $numbers, $since, $sent)
         AS input (organization_id, id, number_id, since, sent)
     WHERE conversations.organization_id = input.organization_id AND conversations.id = input.id"
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

/// The wallets that exist, or do not.
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

pub(super) fn insert_wallets(outcome: &Outcome, locked: &Locked) -> Option<InsertWallets> {
    let WalletColumns {
        organizations,
        balances,
        holds,
    } = wallets(outcome, locked, false);
    (!organizations.is_empty()).then_some(InsertWallets {
        organizations,
        balances,
        holds,
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

/// Of several changes to one conversation, the latest number counts, and the earliest message.
pub(super) fn conversations(changes: &[&MessageChange]) -> Option<UpdateConversations> {
    let mut latest = std::collections::BTreeMap::new();
    for change in changes {
        let Some(active) = change.active_number else {
            continue;
        };
        let key = (change.message.organization_id, active.conversation_id);
        let sent = (change.message.state != State::Received).then_some(active.at);
        let entry = latest
            .entry(key)
            .or_insert((active.at, active.number_id, sent));
        *entry = (
            entry.0.max(active.at),
            if active.at >= entry.0 {
                active.number_id
            } else {
                entry.1
            },
            [entry.2, sent].into_iter().flatten().min(),
        );
    }
    (!latest.is_empty()).then(|| UpdateConversations {
        organizations: latest
            .keys()
            .map(|(organization, _)| organization.as_uuid())
            .collect(),
        ids: latest
            .keys()
            .map(|(_, conversation)| conversation.as_uuid())
            .collect(),
        numbers: latest
            .values()
            .map(|(_, number, _)| number.as_uuid())
            .collect(),
        since: latest.values().map(|(since, _, _)| *since).collect(),
        sent: latest.values().map(|(_, _, sent)| *sent).collect(),
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
