//! Loads the facts of concurrent callers in one round trip.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bytea, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join5;
use sms_domain::facts::{Context, Emergencies, OrgFacts};
use sms_domain::message::Message;
use sms_domain::ports::{Facts, FactsRequest, Replay, Unavailable};
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use super::cache::VersionedFacts;
use super::fresh::{self, Fresh};
use super::organization;
use crate::coalescer::BatchHandler;
use crate::emergency_lock;
use crate::error::StoreError;
use crate::rows::{MessageRow, MessageSql, StateRow, SubmissionRow};
use crate::shared::Shared;
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LoadMessages {
        requests: Array<BigInt> = Vec<i64>,
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
    } -> (BigInt, MessageSql);
    "SELECT input.request, ", SubmissionRow::SELECT, ", ", StateRow::SELECT, "
     FROM unnest($requests, $organizations, $ids) AS input (request, organization_id, id)
     JOIN messages ON messages.organization_id = input.organization_id AND messages.id = input.id
     JOIN submissions ON submissions.organization_id = messages.organization_id
         AND submissions.id = messages.id"
}

statement! {
    /// Reads a message only for the few known keys: its many columns cost more than the look-up of a key. The
    /// inner query keeps the planner from scanning all keys, whatever its estimates.
    LoadReplays {
        requests: Array<BigInt> = Vec<i64>,
        organizations: Array<SqlUuid> = Vec<Uuid>,
        keys: Array<Text> = Vec<String>,
        now: Array<Timestamptz> = Vec<chrono::DateTime<chrono::Utc>>,
    } -> (BigInt, Bytea, SmallInt, SqlUuid);
    "SELECT input.request, stored.request_hash, stored.hash_version, stored.message_id
     FROM unnest($requests, $organizations, $keys, $now)
         AS input (request, organization_id, key, now)
     CROSS JOIN LATERAL (
         SELECT request_hash, hash_version, message_id FROM idempotency_keys
         WHERE organization_id = input.organization_id AND key = input.key
             AND expires_at > input.now
         OFFSET 0) AS stored"
}

/// Loads facts for concurrent callers.
pub(crate) struct Loads(pub(crate) Arc<Shared>);

#[async_trait]
impl BatchHandler for Loads {
    const NAME: &'static str = "facts";
    type Request = Vec<FactsRequest>;
    type Answer = Vec<Facts>;
    const FULL: usize = 200;
    const ENOUGH: usize = 100;
    const AT_ONCE: usize = 2;

    fn weight(requests: &Self::Request) -> usize {
        requests.len()
    }

    async fn handle(&self, calls: Vec<Vec<FactsRequest>>) -> Result<Vec<Vec<Facts>>, Unavailable> {
        let lengths: Vec<usize> = calls.iter().map(Vec::len).collect();
        let mut facts = self.load_facts(&calls.concat()).await?.into_iter();
        Ok(lengths
            .into_iter()
            .map(|length| facts.by_ref().take(length).collect())
            .collect())
    }
}

impl Loads {
    async fn load_facts(&self, requests: &[FactsRequest]) -> Result<Vec<Facts>, StoreError> {
        let mut organizations = self.cached_organizations(requests);
        let missing = missing(requests, &organizations);
        let connection = self.0.hot().await?;
        let connection: &AsyncPgConnection = &connection;
        let (fresh, messages, replays, loaded, emergencies) = join5(
            fresh::load(connection, requests),
            load_messages(connection, named(requests)),
            load_replays(connection, requests),
            organization::load(connection, &missing),
            emergency_lock::load(connection),
        )
        .await;
        let fresh = fresh?;
        self.keep(loaded?, &mut organizations);
        let outdated = outdated(requests, &fresh, &organizations);
        self.keep(
            organization::load(connection, &outdated).await?,
            &mut organizations,
        );
        let loaded = Loaded {
            rules: self.0.rules,
            organizations,
            emergencies: Arc::new(emergencies?),
            fresh,
            messages: messages?,
            replays: with_messages(connection, requests, replays?).await?,
        };
        loaded.answers(requests)
    }

    fn keep(&self, loaded: Vec<(OrgFacts, i64)>, organizations: &mut Organizations) {
        for (facts, version) in loaded {
            let facts = VersionedFacts {
                facts: Arc::new(facts),
                version,
            };
            self.0.organizations.put(facts.clone());
            organizations.insert(facts.facts.organization_id, facts);
        }
    }

    fn cached_organizations(&self, requests: &[FactsRequest]) -> Organizations {
        let must_be_fresh: BTreeSet<OrganizationId> = requests
            .iter()
            .filter(|request| request.must_be_fresh)
            .map(|request| request.organization_id)
            .collect();
        requests
            .iter()
            .map(|request| request.organization_id)
            .filter(|id| !must_be_fresh.contains(id))
            .filter_map(|id| Some((id, self.0.organizations.get(id)?)))
            .collect()
    }
}

/// Organizations by id.
type Organizations = HashMap<OrganizationId, VersionedFacts>;

/// The organizations that changed what their numbers may do since their facts were read.
fn outdated(
    requests: &[FactsRequest],
    fresh: &HashMap<i64, Fresh>,
    known: &Organizations,
) -> Vec<Uuid> {
    let ids: BTreeSet<OrganizationId> = (0_i64..)
        .zip(requests)
        .filter(|(index, request)| {
            let seen = known.get(&request.organization_id);
            let now = fresh.get(index).map(Fresh::version);
            seen.is_some_and(|seen| now.is_some_and(|now| seen.version < now))
        })
        .map(|(_, request)| request.organization_id)
        .collect();
    ids.into_iter().map(OrganizationId::as_uuid).collect()
}

fn missing(requests: &[FactsRequest], known: &Organizations) -> Vec<Uuid> {
    let ids: BTreeSet<OrganizationId> = requests
        .iter()
        .map(|request| request.organization_id)
        .collect();
    ids.into_iter()
        .filter(|id| !known.contains_key(id))
        .map(OrganizationId::as_uuid)
        .collect()
}

/// All rows that were read, by the index of the request.
struct Loaded {
    rules: &'static sms_domain::law::RuleData,
    organizations: Organizations,
    emergencies: Arc<Emergencies>,
    fresh: HashMap<i64, Fresh>,
    messages: HashMap<i64, MessageRow>,
    replays: HashMap<i64, (Vec<u8>, i16, MessageRow)>,
}

impl Loaded {
    fn answers(mut self, requests: &[FactsRequest]) -> Result<Vec<Facts>, StoreError> {
        (0_i64..)
            .zip(requests)
            .map(|(index, request)| {
                Ok(Facts {
                    context: self.context(index, request)?,
                    message: self
                        .messages
                        .remove(&index)
                        .map(Message::try_from)
                        .transpose()?,
                    replay: self.replay(index)?,
                })
            })
            .collect()
    }

    fn context(
        &mut self,
        index: i64,
        request: &FactsRequest,
    ) -> Result<Option<Context>, StoreError> {
        let organization = self.organizations.get(&request.organization_id);
        let (Some(org), Some(fresh)) = (organization, self.fresh.remove(&index)) else {
            return Ok(None);
        };
        Ok(Some(Context {
            rules: self.rules,
            org: Arc::clone(&org.facts),
            emergencies: Arc::clone(&self.emergencies),
            pauses: fresh.pauses(),
            message: fresh.facts()?,
            own_reservation: None,
        }))
    }

    fn replay(&mut self, index: i64) -> Result<Option<Replay>, StoreError> {
        let Some((request_hash, hash_version, message)) = self.replays.remove(&index) else {
            return Ok(None);
        };
        Ok(Some(Replay {
            request_hash,
            hash_version,
            message: Message::try_from(message)?,
        }))
    }
}

/// The messages that the requests name, with the index of the request.
fn named(requests: &[FactsRequest]) -> impl Iterator<Item = (i64, Uuid, Uuid)> {
    (0..).zip(requests).filter_map(|(index, request)| {
        let id = request.message_id?.as_uuid();
        Some((index, request.organization_id.as_uuid(), id))
    })
}

async fn load_messages(
    mut connection: &AsyncPgConnection,
    ids: impl Iterator<Item = (i64, Uuid, Uuid)>,
) -> QueryResult<HashMap<i64, MessageRow>> {
    let mut statement = LoadMessages {
        requests: Vec::new(),
        organizations: Vec::new(),
        ids: Vec::new(),
    };
    for (index, organization, id) in ids {
        statement.requests.push(index);
        statement.organizations.push(organization);
        statement.ids.push(id);
    }
    if statement.ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, MessageRow)> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().collect())
}

/// Known idempotency keys: the request's index, the hash, its version, and the message.
type ReplayRow = (i64, Vec<u8>, i16, Uuid);

async fn load_replays(
    mut connection: &AsyncPgConnection,
    requests: &[FactsRequest],
) -> QueryResult<Vec<ReplayRow>> {
    let mut statement = LoadReplays {
        requests: Vec::new(),
        organizations: Vec::new(),
        keys: Vec::new(),
        now: Vec::new(),
    };
    for (index, request) in (0..).zip(requests) {
        if let Some(key) = &request.idempotency_key {
            statement.requests.push(index);
            statement
                .organizations
                .push(request.organization_id.as_uuid());
            statement.keys.push(key.clone());
            statement.now.push(request.now);
        }
    }
    if statement.keys.is_empty() {
        return Ok(Vec::new());
    }
    statement.load(&mut connection).await
}

/// A key and its message were committed together, so the message exists.
async fn with_messages(
    connection: &AsyncPgConnection,
    requests: &[FactsRequest],
    replays: Vec<ReplayRow>,
) -> QueryResult<HashMap<i64, (Vec<u8>, i16, MessageRow)>> {
    let organization = |index: i64| requests.get(usize::try_from(index).ok()?);
    let ids = replays.iter().filter_map(|(index, _, _, id)| {
        let organization = organization(*index)?.organization_id.as_uuid();
        Some((*index, organization, *id))
    });
    let mut messages = load_messages(connection, ids).await?;
    Ok(replays
        .into_iter()
        .filter_map(|(index, hash, version, _)| {
            Some((index, (hash, version, messages.remove(&index)?)))
        })
        .collect())
}
