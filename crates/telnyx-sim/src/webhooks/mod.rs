//! Webhooks: a queue by due time, the loop that empties it, and the signed request itself.
//!
//! A message's steps are begun in order: the next one waits for its own time and for the first try
//! of the one before. So receipts come in order when nothing goes wrong, while a failing receiver
//! sees them shuffled, as with the real provider.

mod dispatcher;
mod event;
mod queue;
mod sender;

pub(crate) use dispatcher::Dispatcher;
pub(crate) use queue::{Job, WebhookQueue};
pub(crate) use sender::WebhookSender;
