//! What organizations are told of: which changes are events, what an event says, when a call that failed
//! is repeated, and when an endpoint is given up. Must not know how an event is stored, signed or sent.

mod delivery;
mod endpoint;
mod event;

pub use delivery::{
    Delivery, DeliveryOutcome, GIVEN_UP_AFTER, KEPT, SpanFault, TRIES, next_try, replayed_span,
};
pub use endpoint::{EndpointSettings, SecretRef, SwitchOff, WebhookEndpoint};
pub use event::{WebhookEvent, WebhookKind};
