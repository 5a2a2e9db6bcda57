//! Look-ups of the attempts that the URLs of receipts name: those of concurrent callers share one query.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use diesel::sql_types::{Array, Bytea, Integer};
use diesel_async::RunQueryDsl;
use sms_domain::carrier::TokenHash;
use sms_domain::message::{Attempt, AttemptId, Message};
use sms_domain::ports::Unavailable;
use uuid::Uuid;

use crate::coalescer::BatchHandler;
use crate::error::StoreError;
use crate::rows::{
    AttemptRow, AttemptSql, ImpossibleRow, MessageRow, MessageSql, StateRow, SubmissionRow, integer,
};
use crate::shared::Shared;
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    FindAddressed {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        messages: Array<SqlUuid> = Vec<Uuid>,
        numbers: Array<Integer> = Vec<i32>,
    } -> (MessageSql, AttemptSql);
    "SELECT ", SubmissionRow::SELECT, ", ", StateRow::SELECT, ", ", AttemptRow::SELECT, "
     FROM unnest($organizations, $messages, $numbers) AS input (organization_id, message_id, number)
     JOIN attempts USING (organization_id, message_id, number)
     JOIN messages ON messages.organization_id = attempts.organization_id
         AND messages.id = attempts.message_id
     JOIN submissions ON submissions.organization_id = messages.organization_id
         AND submissions.id = messages.id"
}

statement! {
    FindListed { hashes: Array<Bytea> = Vec<Vec<u8>> } -> (Bytea, SqlUuid, SqlUuid, Integer);
    "SELECT hash, organization_id, message_id, number FROM attempt_tokens WHERE hash = ANY($hashes)"
}

/// What the URL of a receipt says about its attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addressed {
    /// The attempt itself.
    Attempt(AttemptId),
    /// A token that was made before tokens were sealed.
    Token(TokenHash),
}

/// A message with the attempt that was found.
pub(super) type Found = (MessageRow, AttemptRow);

/// The key of an attempt's row.
type AttemptKey = (Uuid, Uuid, i32);

/// Looks up the attempts of concurrent callers' receipts.
pub(crate) struct FindAttempts(pub(crate) Arc<Shared>);

#[async_trait]
impl BatchHandler for FindAttempts {
    const NAME: &'static str = "attempts";
    type Request = Addressed;
    type Answer = Option<(Message, Attempt)>;
    const FULL: usize = 100;
    const ENOUGH: usize = 100;
    const AT_ONCE: usize = 1;

    fn weight(_: &Self::Request) -> usize {
        1
    }

    async fn handle(&self, asked: Vec<Addressed>) -> Result<Vec<Self::Answer>, Unavailable> {
        let listed = self.listed(&asked).await?;
        let keys: Vec<_> = (asked.iter())
            .map(|one| match one {
                Addressed::Attempt(id) => Some(key(*id)),
                Addressed::Token(hash) => listed.get(hash).copied(),
            })
            .collect();
        let found = self.load(keys.iter().flatten().copied()).await?;
        let answer = |key: &Option<AttemptKey>| {
            // Several callers may look up the same attempt.
            let row = key.and_then(|key| found.get(&key).cloned());
            row.map(domain).transpose()
        };
        let answers: Result<_, _> = keys.iter().map(answer).collect();
        Ok(answers.map_err(StoreError::Row)?)
    }
}

impl FindAttempts {
    /// The attempts of tokens that were made before tokens were sealed.
    async fn listed(
        &self,
        asked: &[Addressed],
    ) -> Result<HashMap<TokenHash, AttemptKey>, StoreError> {
        let hash = |one: &Addressed| match one {
            Addressed::Token(hash) => Some(hash.0.to_vec()),
            Addressed::Attempt(_) => None,
        };
        let hashes: Vec<_> = asked.iter().filter_map(hash).collect();
        if hashes.is_empty() {
            return Ok(HashMap::new());
        }
        let mut connection = self.0.hot().await?;
        let rows: Vec<(Vec<u8>, Uuid, Uuid, i32)> =
            FindListed { hashes }.load(&mut connection).await?;
        let listed = |(hash, organization, message, number): (Vec<u8>, _, _, _)| {
            let hash = TokenHash(hash.try_into().ok()?);
            Some((hash, (organization, message, number)))
        };
        Ok(rows.into_iter().filter_map(listed).collect())
    }

    async fn load(
        &self,
        keys: impl Iterator<Item = AttemptKey>,
    ) -> Result<HashMap<AttemptKey, Found>, StoreError> {
        let keys: HashSet<_> = keys.collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let mut find = FindAddressed {
            organizations: Vec::with_capacity(keys.len()),
            messages: Vec::with_capacity(keys.len()),
            numbers: Vec::with_capacity(keys.len()),
        };
        for (organization, message, number) in keys {
            find.organizations.push(organization);
            find.messages.push(message);
            find.numbers.push(number);
        }
        let mut connection = self.0.hot().await?;
        let rows: Vec<Found> = find.load(&mut connection).await?;
        let found = |(message, attempt): Found| {
            let key = (attempt.organization_id, attempt.message_id, attempt.number);
            (key, (message, attempt))
        };
        Ok(rows.into_iter().map(found).collect())
    }
}

fn key(id: AttemptId) -> AttemptKey {
    let (organization, message) = (id.organization_id.as_uuid(), id.message_id.as_uuid());
    (organization, message, integer(id.number))
}

pub(super) fn domain((message, attempt): Found) -> Result<(Message, Attempt), ImpossibleRow> {
    Ok((message.try_into()?, attempt.try_into()?))
}
