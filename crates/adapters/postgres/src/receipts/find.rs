//! Look-ups of attempts by the tokens of receipts: those of concurrent callers share one query.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::sql_types::{Array, Bytea};
use diesel_async::RunQueryDsl;
use sms_domain::carrier::TokenHash;
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::Unavailable;

use crate::coalescer::BatchHandler;
use crate::error::StoreError;
use crate::rows::{AttemptRow, AttemptSql, ImpossibleRow, MessageRow, MessageSql};
use crate::shared::Shared;
use crate::statement::{Columns, statement};

statement! {
    FindByToken { hashes: Array<Bytea> = Vec<Vec<u8>> } -> (Bytea, MessageSql, AttemptSql);
    "SELECT token.hash, ", MessageRow::SELECT, ", ", AttemptRow::SELECT, "
     FROM attempt_tokens AS token
     JOIN attempts ON attempts.organization_id = token.organization_id
         AND attempts.message_id = token.message_id AND attempts.number = token.number
     JOIN messages ON messages.organization_id = attempts.organization_id
         AND messages.id = attempts.message_id
     WHERE token.hash = ANY($hashes)"
}

/// A message with the attempt that was found.
pub(super) type Found = (MessageRow, AttemptRow);

/// Looks up the attempts of concurrent callers' receipts.
pub(crate) struct FindAttempts(pub(crate) Arc<Shared>);

#[async_trait]
impl BatchHandler for FindAttempts {
    const NAME: &'static str = "attempts";
    type Request = TokenHash;
    type Answer = Option<(Message, Attempt)>;
    const FULL: usize = 100;
    const ENOUGH: usize = 100;
    const AT_ONCE: usize = 1;

    fn weight(_: &Self::Request) -> usize {
        1
    }

    async fn handle(&self, hashes: Vec<TokenHash>) -> Result<Vec<Self::Answer>, Unavailable> {
        let found = self.load(&hashes).await?;
        let answer = |hash: &TokenHash| {
            // Two callers may look up the same token.
            let row = found.get(hash.0.as_slice()).cloned();
            row.map(domain).transpose()
        };
        let answers: Result<_, _> = hashes.iter().map(answer).collect();
        Ok(answers.map_err(StoreError::Row)?)
    }
}

impl FindAttempts {
    async fn load(&self, hashes: &[TokenHash]) -> Result<HashMap<Vec<u8>, Found>, StoreError> {
        let mut connection = self.0.hot().await?;
        let hashes = hashes.iter().map(|hash| hash.0.to_vec()).collect();
        let rows: Vec<(Vec<u8>, MessageRow, AttemptRow)> =
            FindByToken { hashes }.load(&mut connection).await?;
        let found = |(hash, message, attempt)| (hash, (message, attempt));
        Ok(rows.into_iter().map(found).collect())
    }
}

pub(super) fn domain((message, attempt): Found) -> Result<(Message, Attempt), ImpossibleRow> {
    Ok((message.try_into()?, attempt.try_into()?))
}
