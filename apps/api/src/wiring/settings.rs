//! How the use cases of one process are set. Must not read the environment.

use sms_application::DispatchSettings;
use sms_domain::lifecycle::retention::Retention;

use crate::config::Config;

/// How the use cases of one process are set; what is not said is as usual.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The address under which clients and carriers reach the API; empty where nothing makes addresses.
    pub public_base_url: String,
    /// Deadlines of dispatch.
    pub dispatch: DispatchSettings,
    /// How long things are kept.
    pub retention: Retention,
}

impl Settings {
    /// What the environment says.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            public_base_url: config.public_base_url.clone().unwrap_or_default(),
            dispatch: config.dispatch,
            retention: config.retention,
        }
    }
}

impl From<DispatchSettings> for Settings {
    fn from(dispatch: DispatchSettings) -> Self {
        Self {
            dispatch,
            ..Self::default()
        }
    }
}
