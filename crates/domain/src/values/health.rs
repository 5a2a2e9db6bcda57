//! How well a number's messages arrive, by the published names. Must not know what moves a number from
//! one health to another.

use crate::values::wire::wire_enum;

wire_enum! {
    /// The published health of a number.
    Health {
        /// Nothing is known.
        Unknown = "unknown",
        /// Just bought.
        New = "new",
        /// Fine.
        Healthy = "healthy",
        /// Building its reputation.
        Warmup = "warmup",
        /// Some trouble: used less.
        Limited = "limited",
        /// Rests for a while.
        CoolingDown = "cooling_down",
        /// Refused until somebody looks.
        Suspended = "suspended",
        /// Switched off.
        Disabled = "disabled",
    }
}
