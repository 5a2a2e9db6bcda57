//! The composition root: which adapters stand behind the ports, and the use cases over them.

mod account_settings;
mod carrier;
mod carriers;
mod clock_and_ids;
mod customers;
mod inbound;
mod secrets;
mod settings;
mod stores;
mod system;
mod telnyx;
mod webhooks;

pub use account_settings::{AccountsWanted, KnownAccounts};
pub use carrier::CarrierSettings;
pub use carriers::{Carrier, Carriers, ClaimedTwice};
pub use clock_and_ids::ClockAndIds;
pub use customers::Outbound;
pub use inbound::Maintenance;
pub use secrets::Secrets;
pub use settings::Settings;
pub use stores::Stores;
pub use system::System;
pub use telnyx::TelnyxSettings;
