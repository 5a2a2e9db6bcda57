//! Time and identifiers behind the ports.

use std::sync::Arc;

use sms_domain::ports::{Clock, IdGenerator};

/// Time and identifiers.
#[derive(Clone)]
pub struct Machine {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
}
