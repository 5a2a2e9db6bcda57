//! Accepting messages: commands, sending, previews and cancellation.

mod batch;
mod cancel_sms;
mod command;
mod conversation_locks;
mod error;
mod preview_sms;
mod send_sms;
mod submission;

pub use batch::send_each;
pub use cancel_sms::{CancelError, CancelService, CancelSms};
pub(crate) use command::MEDIA_URLS;
pub use command::{DraftCommand, FieldError, IdempotencyKey, SendCommand, Sender};
pub use error::SendError;
pub use preview_sms::{PreviewService, PreviewSms, Previewed};
pub use send_sms::{Accepted, SendService, SendSms};
pub(crate) use submission::unknown_routing;
