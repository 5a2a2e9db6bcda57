//! The servers of a process: the API, and metrics on a separate address. Each is a task that ends after `stop`
//! becomes true and open connections are drained.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use poem::{Endpoint, Response, Route, get};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::app::app;
use super::routes;
use super::server::{ConnectionLimits, Listener, ListenerSettings};
use super::state::AppState;

/// Time limit for open connections to finish at shutdown.
const DRAIN: Duration = Duration::from_secs(15);

/// Most connections to the metrics page, which has few scrapers.
const METRICS_CONNECTIONS: usize = 64;

/// Serves the API.
pub(crate) fn serve_api(
    socket: TcpListener,
    state: &AppState,
    settings: ListenerSettings,
    stop: watch::Receiver<bool>,
) -> impl Future<Output = ()> + Send + use<> {
    listen("api", socket, app(state), settings).run(stop, DRAIN)
}

/// Serves the metrics page only.
pub(crate) fn serve_metrics(
    socket: TcpListener,
    metrics: PrometheusHandle,
    stop: watch::Receiver<bool>,
) -> impl Future<Output = ()> + Send + use<> {
    let page = Route::new().at("/metrics", get(routes::metrics(metrics)));
    let settings = ListenerSettings {
        limits: ConnectionLimits::of(METRICS_CONNECTIONS),
        ..ListenerSettings::default()
    };
    listen("metrics", socket, page, settings).run(stop, DRAIN)
}

fn listen<E: Endpoint<Output = Response> + 'static>(
    name: &'static str,
    socket: TcpListener,
    endpoint: E,
    settings: ListenerSettings,
) -> Listener<E> {
    Listener {
        name,
        socket,
        endpoint: Arc::new(endpoint),
        settings,
    }
}
