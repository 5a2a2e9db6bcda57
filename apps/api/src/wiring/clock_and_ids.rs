//! Time and identifiers behind the ports.

use std::sync::Arc;

use sms_domain::ports::{Clock, IdGenerator};

/// What makes instants and identifiers, in this process or in a test.
#[derive(Clone)]
pub struct ClockAndIds {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdGenerator>,
}
