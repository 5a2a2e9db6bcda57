//! Accepting messages: commands from outside, the send itself, its preview and its withdrawal.

mod cancel_sms;
mod command;
mod conversation_locks;
mod error;
mod preview_sms;
mod send_sms;
mod submission;

pub use cancel_sms::{CancelError, CancelSms};
pub use command::{DraftCommand, FieldError, IdempotencyKey, SendCommand, Sender};
pub use error::SendError;
pub use preview_sms::{PreviewSms, Previewed};
pub use send_sms::{Accepted, SendSms};
pub(crate) use submission::unknown_routing;
