//! The operations: each takes its parsed request, calls one service or reads, and shapes the answer. No rule
//! lives here. A route's signature names its scope and the errors it documents.

mod batch;
mod campaigns;
mod conversations;
mod events;
mod health;
mod leads;
mod media;
mod numbers;
mod organizations;
mod outbound;
mod own_numbers;
mod page;
mod pauses;
mod reference;
mod sms;
mod sources;
mod suppressions;
mod usage;
mod wallets;
mod webhook_endpoints;
mod webhooks;

use std::str::FromStr;

use poem::http::Method;
use poem_openapi::registry::MetaOperation;
use poem_openapi::{OpenApi, OpenApiService, Tags};

pub(crate) use media::media_file;
pub(crate) use reference::{metrics, openapi_json, problem_page, reference};

use crate::http::problem::{Problem, ProblemKind, fails};
use crate::http::state::AppState;

type Apis = (
    (sms::SmsApi, media::MediaApi),
    events::SmsEventsApi,
    conversations::ConversationsApi,
    numbers::PhoneNumbersApi,
    sources::SourcesApi,
    leads::LeadsApi,
    suppressions::SuppressionsApi,
    organizations::OrganizationsApi,
    usage::UsageApi,
    own_numbers::OwnNumbersApi,
    campaigns::CampaignsApi,
    outbound::OutboundApi,
    (pauses::PausesApi, wallets::WalletsApi),
    webhooks::WebhooksApi,
    webhook_endpoints::WebhookEndpointsApi,
    health::HealthApi,
);

/// The groups of the document.
#[derive(Tags)]
enum Tag {
    /// Sending messages.
    Sms,
    /// Reading messages back.
    SmsEvents,
    /// Threads with leads.
    Conversations,
    /// What happened in them.
    Events,
    /// The numbers that messages are sent from.
    PhoneNumbers,
    /// Where leads come from.
    Sources,
    /// The people whom messages are sent to.
    Leads,
    /// The opt-out list.
    Suppressions,
    /// What messages cost.
    Usage,
    /// What an organization has.
    Organizations,
    /// What messages and numbers are grouped by.
    Campaigns,
    /// What can be sent, and what waits.
    Outbound,
    /// Pausing and resuming what is sent.
    Pauses,
    /// What an organization has left.
    Wallets,
    /// What the provider tells us, and what we tell others.
    Webhooks,
    /// Whether the service runs.
    Health,
}

fails! {
    /// Operations with a body.
    Body: BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, REQUEST_TIMEOUT, PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE
}
fails! {
    /// Operations on a resource, with a body.
    BodyFound: BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, REQUEST_TIMEOUT, PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE
}
fails! {
    /// Operations that name nothing, without a body.
    Read: UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE
}
fails! {
    /// Operations on a resource, without a body.
    Found: UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR,
        SERVICE_UNAVAILABLE
}
fails! {
    /// Operations on a resource that may refuse, without a body.
    Changed: BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS,
        INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE
}
fails! {
    /// Operations without a body whose path or query may hold an invalid value.
    Named: BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR,
        SERVICE_UNAVAILABLE
}

/// All operations of the document.
pub(crate) fn service(state: &AppState) -> OpenApiService<impl OpenApi + use<>, ()> {
    let apis = (
        (sms::SmsApi(state.clone()), media::MediaApi(state.clone())),
        events::SmsEventsApi(state.clone()),
        conversations::ConversationsApi(state.clone()),
        numbers::PhoneNumbersApi(state.clone()),
        sources::SourcesApi(state.clone()),
        leads::LeadsApi(state.clone()),
        suppressions::SuppressionsApi(state.clone()),
        organizations::OrganizationsApi(state.clone()),
        usage::UsageApi(state.clone()),
        own_numbers::OwnNumbersApi(state.clone()),
        campaigns::CampaignsApi(state.clone()),
        outbound::OutboundApi(state.clone()),
        (
            pauses::PausesApi(state.clone()),
            wallets::WalletsApi(state.clone()),
        ),
        webhooks::WebhooksApi(state.clone()),
        webhook_endpoints::WebhookEndpointsApi(state.clone()),
        health::HealthApi(state.clone()),
    );
    OpenApiService::new(apis, "Leadping API", "v1")
}

/// The framework's document of all operations; needs no service behind it.
pub(crate) fn raw_document() -> String {
    OpenApiService::new(Described, "Leadping API", "v1").spec()
}

/// Stands in the viewer's page for the document.
pub(crate) const VIEWER_DOCUMENT: &str = "{:document}";

/// The framework's embedded viewer, with [`VIEWER_DOCUMENT`] in place of the document.
pub(crate) fn viewer_html() -> String {
    let service = OpenApiService::new(Described, "Leadping API", "v1");
    service
        .scalar_html()
        .replacen(&service.spec(), VIEWER_DOCUMENT, 1)
}

/// Every path with its methods, those outside of the document included.
pub(crate) fn methods() -> Vec<(String, Method)> {
    let pages = ["/openapi.json", "/docs", "/problems/{slug}"];
    operations()
        .map(|(path, operation)| (path, operation.method))
        .chain(pages.map(|path| (path.to_owned(), Method::GET)))
        .chain([(media::FILE.to_owned(), Method::GET)])
        .chain(webhooks::HIDDEN.map(|path| (path.to_owned(), Method::POST)))
        .collect()
}

/// The paths of the operations that ask for no key. Where one has a parameter, that is what proves the
/// caller: a secret.
pub(crate) fn without_key() -> impl Iterator<Item = String> {
    operations()
        .filter(|(_, operation)| operation.security.is_empty())
        .map(|(path, _)| path)
        .chain(webhooks::HIDDEN.map(str::to_owned))
        .chain([media::FILE.to_owned()])
}

/// The paths of the operations that ask for a key. Nothing in them is a secret.
pub(crate) fn with_key() -> impl Iterator<Item = String> {
    operations()
        .filter(|(_, operation)| !operation.security.is_empty())
        .map(|(path, _)| path)
}

/// The operations of the document, each with its path.
fn operations() -> impl Iterator<Item = (String, MetaOperation)> {
    let paths = Apis::meta().into_iter().flat_map(|api| api.paths);
    paths.flat_map(|path| {
        let template = path.path;
        let operations = path.operations.into_iter();
        operations.map(move |operation| (template.clone(), operation))
    })
}

/// The operations without anything behind them.
struct Described;

impl OpenApi for Described {
    fn meta() -> Vec<poem_openapi::registry::MetaApi> {
        Apis::meta()
    }

    fn register(registry: &mut poem_openapi::registry::Registry) {
        Apis::register(registry);
    }

    fn add_routes(
        self,
        _table: &mut std::collections::HashMap<
            String,
            std::collections::HashMap<Method, poem::endpoint::BoxEndpoint<'static>>,
        >,
    ) {
    }
}

/// An id from the path of an operation that knows 404: what is not an id names nothing.
fn known_id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemKind::NotFound))
}
