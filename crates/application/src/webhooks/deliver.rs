//! One call for one event: sign, post, record, and give up an endpoint that no longer answers. Must not
//! know when a call is due.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::ports::{
    AttemptResult, CallFault, Clock, EndedCall, EndpointFailures, EndpointKey, OutboundCall,
    OutboundCalls, Unavailable, WebhookAttempt, WebhookQueue, WebhookSecrets,
};
use sms_domain::webhooks::{Delivery, DeliveryOutcome, SwitchOff};

/// How often recording a call is tried. After that the event is posted again when its lease ends.
const TRIES: usize = 5;

/// What delivery works on.
#[derive(Clone)]
pub struct WebhookPorts {
    /// Due deliveries, and what becomes of them.
    pub queue: Arc<dyn WebhookQueue>,
    /// Calls to URLs of customers.
    pub calls: Arc<dyn OutboundCalls>,
    /// What calls are signed with.
    pub secrets: Arc<dyn WebhookSecrets>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// A call as it ended.
struct Ended {
    began: DateTime<Utc>,
    ended: DateTime<Utc>,
    answer: Result<u16, CallFault>,
}

impl WebhookPorts {
    /// Makes one call and records it.
    pub(super) async fn deliver(&self, delivery: &Delivery) {
        let began = self.clock.now();
        let answer = self.post(delivery, began).await;
        let ended = Ended {
            began,
            ended: self.clock.now(),
            answer,
        };
        let outcome = delivery.outcome(ended.answer.ok(), ended.ended);
        measure(delivery, &ended, outcome);
        let call = ended_call(delivery, &ended, outcome);
        match self.record(&call).await {
            Ok(Some(failures)) => self.judge(&call, failures).await,
            // The endpoint was removed meanwhile.
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, event_id = %delivery.event.id, "a webhook call is not recorded");
            }
        }
    }

    async fn post(&self, delivery: &Delivery, at: DateTime<Utc>) -> Result<u16, CallFault> {
        let (id, body) = (delivery.event.id.to_string(), delivery.body());
        let signature = self.secrets.signature(&delivery.secret, &id, at, &body);
        let Some(signature) = signature else {
            tracing::error!(
                endpoint_id = %delivery.endpoint_id,
                "the installation key of an endpoint's secret is gone: it needs a new secret"
            );
            return Err(CallFault::NoSecret);
        };
        let call = OutboundCall {
            url: delivery.url.clone(),
            headers: vec![
                ("webhook-id", id),
                ("webhook-timestamp", at.timestamp().to_string()),
                ("webhook-signature", signature),
            ],
            body,
        };
        self.calls.post(&call).await
    }

    async fn record(&self, call: &EndedCall) -> Result<Option<EndpointFailures>, Unavailable> {
        let mut tries = 1;
        loop {
            match self.queue.record(call.clone()).await {
                Err(_) if tries < TRIES => tries = tries.saturating_add(1),
                other => return other,
            }
        }
    }

    /// Switches an endpoint off that wants no calls or has answered none for days.
    async fn judge(&self, call: &EndedCall, failures: EndpointFailures) {
        let now = self.clock.now();
        let why = match call.outcome {
            DeliveryOutcome::Gone => Some(SwitchOff::Gone),
            DeliveryOutcome::Taken => None,
            DeliveryOutcome::Again(_) | DeliveryOutcome::GivenUp => {
                SwitchOff::after(failures.failing_since, failures.failures, now)
            }
        };
        let Some(why) = why else { return };
        match self.queue.switch_off(call.endpoint, why, now).await {
            Ok(true) => {
                let EndpointKey {
                    organization_id,
                    id,
                } = call.endpoint;
                tracing::warn!(%organization_id, endpoint_id = %id, %why, "a webhook endpoint is switched off");
                metrics::counter!("sms_webhook_endpoints_switched_off_total", "why" => why.as_str())
                    .increment(1);
            }
            Ok(false) => {}
            // The next failure asks again.
            Err(error) => tracing::error!(%error, "a webhook endpoint could not be switched off"),
        }
    }
}

fn ended_call(delivery: &Delivery, ended: &Ended, outcome: DeliveryOutcome) -> EndedCall {
    let took = ended.ended.signed_duration_since(ended.began);
    EndedCall {
        endpoint: EndpointKey {
            organization_id: delivery.organization_id,
            id: delivery.endpoint_id,
        },
        attempt: WebhookAttempt {
            event_id: delivery.event.id,
            kind: delivery.event.kind,
            at: ended.began,
            number: delivery.tries.saturating_add(1),
            took_ms: i32::try_from(took.num_milliseconds().max(0)).unwrap_or(i32::MAX),
            status: ended
                .answer
                .ok()
                .and_then(|status| i16::try_from(status).ok()),
            fault: ended.answer.err(),
            result: AttemptResult::of(outcome),
            next_at: match outcome {
                DeliveryOutcome::Again(at) => Some(at),
                DeliveryOutcome::Taken | DeliveryOutcome::GivenUp | DeliveryOutcome::Gone => None,
            },
        },
        outcome,
    }
}

fn measure(delivery: &Delivery, ended: &Ended, outcome: DeliveryOutcome) {
    let result = AttemptResult::of(outcome).as_str();
    metrics::counter!("sms_webhook_calls_total", "result" => result).increment(1);
    let took = ended.ended.signed_duration_since(ended.began);
    metrics::histogram!("sms_webhook_call_seconds").record(took.as_seconds_f64());
    if outcome == DeliveryOutcome::Taken && delivery.tries == 0 {
        let lag = ended.ended.signed_duration_since(delivery.event.at);
        metrics::histogram!("sms_webhook_lag_seconds").record(lag.as_seconds_f64().max(0.0));
    }
}
