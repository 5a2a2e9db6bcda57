//! Telling organizations of events: their endpoints, and the loop that posts events to them.

mod deliver;
mod delivery_loop;
mod manage_endpoints;
mod under_way;

pub use deliver::WebhookPorts;
pub use delivery_loop::{WebhookLoop, WebhookLoopSettings};
pub use manage_endpoints::{
    EndpointError, EndpointService, ManageEndpoints, NewEndpoint, ReplayRequest,
};
