//! The last recorded use of each API key in this process, so that most requests cost no statement.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::values::ids::ApiKeyId;

/// Shortest time between two writes of a key's last use.
pub(super) const PRECISION: TimeDelta = TimeDelta::minutes(1);

/// Most keys in memory. When it is full, all are dropped and written once more.
const MOST: usize = 10_000;

/// The last recorded use of each key.
#[derive(Default)]
pub(crate) struct Touches(Mutex<HashMap<ApiKeyId, DateTime<Utc>>>);

impl Touches {
    pub(super) fn is_recent(&self, id: ApiKeyId, at: DateTime<Utc>) -> bool {
        let touches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        touches
            .get(&id)
            .is_some_and(|last| at.signed_duration_since(last).abs() < PRECISION)
    }

    pub(super) fn remember(&self, id: ApiKeyId, at: DateTime<Utc>) {
        let mut touches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if touches.len() >= MOST {
            touches.clear();
        }
        touches.insert(id, at);
    }
}
