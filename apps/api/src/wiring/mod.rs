//! The composition root: which adapters stand behind the ports, and the use cases over them.

mod carrier;
mod carriers;
mod clock_and_ids;
mod inbound;
mod read_sms;
mod secrets;
mod settings;
mod stores;
mod system;
mod use_cases;

pub use carriers::{Carrier, Carriers, ClaimedTwice};
pub use clock_and_ids::ClockAndIds;
pub use inbound::Maintenance;
pub use read_sms::ReadSms;
pub use secrets::Secrets;
pub use settings::Settings;
pub use stores::Stores;
pub use system::System;
pub use use_cases::UseCases;
