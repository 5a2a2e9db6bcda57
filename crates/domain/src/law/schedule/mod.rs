//! When something may happen: civil time in a place, weekly windows with holidays, and the earliest
//! instant on which several time-dependent rules agree. This module must not know what is being
//! timed, which place a person is in, or where the windows come from.

mod earliest;
mod holiday;
mod window;
mod zone_names;
mod zones;

pub use earliest::{earliest, earliest_of};
pub use holiday::{Holiday, HolidayRule, Nth, Observed, Years};
pub use window::{Closure, Week, WeeklyHours, Window};
pub use zones::{UnknownZone, Zone, tz_version};
