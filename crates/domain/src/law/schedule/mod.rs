//! Scheduling: civil time in a zone, weekly windows with holidays, and the earliest instant that
//! several time-dependent rules allow. This module must not know what is being scheduled, where a
//! person is, or where the windows come from.

mod dates;
mod earliest;
mod holiday;
mod window;
mod zone_names;
mod zones;

pub use dates::DateRange;
pub use earliest::{earliest, earliest_of};
pub use holiday::{Holiday, HolidayRule, Nth, Observed, Years};
pub use window::{Closure, Week, WeeklyHours, Window};
pub use zones::{UnknownZone, Zone, tz_version};
