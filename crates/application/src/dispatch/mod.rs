//! Dispatch of accepted messages to the carrier: claims, the second decision, the call, its answer, and recovery
//! when no answer arrives.

mod beginner;
mod call;
mod circuit;
mod dispatch_loop;
mod lost_calls;
mod planned;
mod provider_failures;
mod reconcile;
mod recorder;
mod shares;
mod steps;

pub use call::{Answered, Call};
pub use circuit::Circuits;
pub use dispatch_loop::{DispatchLoop, DispatchLoopSettings, Wake};
pub use planned::Planned;
pub use provider_failures::ProviderFailures;
pub use steps::{Claimed, DispatchPorts, DispatchSettings, DispatchSteps};
