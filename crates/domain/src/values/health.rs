//! The health of a sending number, by its published names. Must not know what changes it.

use crate::values::wire::wire_enum;

wire_enum! {
    /// How well the messages of a number are delivered.
    Health {
        /// No delivery data yet.
        Unknown = "unknown",
        /// Newly bought.
        New = "new",
        /// Delivers normally.
        Healthy = "healthy",
        /// Under warm-up.
        Warmup = "warmup",
        /// Elevated failures or opt-outs: selected only where no healthier number fits.
        Limited = "limited",
        /// Not used until its rest ends.
        CoolingDown = "cooling_down",
        /// Not used until an operator reinstates it.
        Suspended = "suspended",
        /// Switched off by an operator.
        Disabled = "disabled",
    }
}
