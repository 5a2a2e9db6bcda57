//! Webhooks: a queue by due time, the loop that processes it, and the signed request.
//!
//! A message's steps start in order: each waits for its due time and for the first attempt of the
//! previous step. Receipts therefore arrive in order if nothing fails, and a failing receiver sees them
//! shuffled, as with the real provider.

mod dispatcher;
mod event;
mod queue;
mod sender;

pub(crate) use dispatcher::Dispatcher;
pub(crate) use queue::{Job, WebhookQueue};
pub(crate) use sender::WebhookSender;
