//! How the use cases of one process are set. Must not read the environment.

use sms_application::DispatchSettings;
use sms_domain::lifecycle::retention::Retention;

use crate::config::Config;

/// How the use cases of one process are set; what is not said is as usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Deadlines of dispatch.
    pub dispatch: DispatchSettings,
    /// How long things are kept.
    pub retention: Retention,
}

impl Settings {
    /// What the environment says.
    #[must_use]
    pub const fn of(config: &Config) -> Self {
        Self {
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
