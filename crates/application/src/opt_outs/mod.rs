//! The opt-out list: suppressions, releases, reviews, and the carrier's own list.

mod mirror_opt_outs;
mod opt_out;
mod provider_blocks;
mod suppressions;

pub use mirror_opt_outs::{MirrorError, MirrorOptOuts};
pub(crate) use opt_out::count;
pub use opt_out::{OptOuts, Resolution, Suppress};
pub(crate) use provider_blocks::ProviderBlock;
pub use provider_blocks::ProviderBlocks;
pub use suppressions::{KeepSuppressions, PersonRequest, ReleaseError, SuppressionService};
