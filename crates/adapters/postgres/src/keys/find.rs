//! Look-ups of API keys: those of concurrent callers share one query.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{ApiKey, Unavailable};

use super::row::ApiKeyRow;
use crate::coalescer::BatchHandler;
use crate::error::StoreError;
use crate::schema::api_keys;
use crate::shared::Shared;

/// Looks up the keys of concurrent callers.
pub(crate) struct FindKeys(pub(crate) Arc<Shared>);

#[async_trait]
impl BatchHandler for FindKeys {
    const NAME: &'static str = "keys";
    type Request = [u8; 32];
    type Answer = Option<ApiKey>;
    const FULL: usize = 100;
    const ENOUGH: usize = 100;
    const AT_ONCE: usize = 1;

    fn weight(_: &Self::Request) -> usize {
        1
    }

    async fn handle(&self, hashes: Vec<[u8; 32]>) -> Result<Vec<Option<ApiKey>>, Unavailable> {
        let rows = self.load(&hashes).await?;
        let mut keys = HashMap::new();
        for row in rows {
            let hash = row.hash.clone();
            keys.insert(hash, ApiKey::try_from(row).map_err(StoreError::Row)?);
        }
        let found = |hash: &[u8; 32]| keys.get(hash.as_slice()).cloned();
        Ok(hashes.iter().map(found).collect())
    }
}

impl FindKeys {
    async fn load(&self, hashes: &[[u8; 32]]) -> Result<Vec<ApiKeyRow>, StoreError> {
        let mut connection = self.0.hot().await?;
        let hashes = hashes.iter().map(|hash| hash.to_vec());
        Ok(api_keys::table
            .filter(api_keys::hash.eq_any(hashes.collect::<Vec<_>>()))
            .select(ApiKeyRow::as_select())
            .load(&mut connection)
            .await?)
    }
}
