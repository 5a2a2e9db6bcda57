//! Translates Telnyx's statuses into the domain's evidence, for receipts and look-ups alike.

use chrono::{DateTime, Utc};
use sms_domain::carrier::{Evidence, EvidenceKind, FailureMeaning, ProviderError};

use crate::failure;
use crate::fields::plausible;
use crate::wire::{Payload, WireError};

/// The evidence in an event of this type; `None` if it says nothing about the fate of a message.
pub(crate) fn of_event(
    event_type: &str,
    event_id: &str,
    occurred_at: DateTime<Utc>,
    payload: &Payload<'_>,
) -> Option<Evidence> {
    let kind = match event_type {
        "message.sent" => EvidenceKind::Sent,
        // Telnyx's documents mention `message.delivered` once; it would carry the same payload.
        "message.finalized" | "message.delivered" => kind(payload)?,
        _ => return None,
    };
    Some(evidence(kind, event_id.to_owned(), occurred_at, payload))
}

/// The evidence in a looked-up message. Look-ups that find the same status have the same id. `now`
/// replaces a missing time.
pub(crate) fn of_look_up(
    provider_message_id: &str,
    payload: &Payload<'_>,
    now: DateTime<Utc>,
) -> Option<Evidence> {
    if payload.is_inbound() {
        return None;
    }
    let (kind, status) = (kind(payload)?, payload.status().unwrap_or_default());
    let id = format!("lookup:{provider_message_id}:{status}");
    let at = happened_at(kind, payload).and_then(|at| plausible(at, now));
    let at = at.unwrap_or(now);
    let mut evidence = evidence(kind, id, at, payload);
    evidence.provider_message_id = Some(provider_message_id.to_owned());
    Some(evidence)
}

fn evidence(
    kind: EvidenceKind,
    event_id: String,
    occurred_at: DateTime<Utc>,
    payload: &Payload<'_>,
) -> Evidence {
    Evidence {
        kind,
        occurred_at,
        event_id,
        provider_message_id: payload.id().map(str::to_owned),
        parts: payload.parts(),
        error: error(payload),
    }
}

/// The kind of evidence, by status and, for a failure, by error: an opt-out and a message dropped by a
/// rate limit are not ordinary failures.
fn kind(payload: &Payload<'_>) -> Option<EvidenceKind> {
    let kind = kind_by_status(payload)?;
    if !matches!(kind, EvidenceKind::Failed | EvidenceKind::Undeliverable) {
        return Some(kind);
    }
    let meaning = payload
        .first_error()
        .and_then(|error| failure::meaning(&error.code, &error.sentence()));
    Some(match meaning {
        Some(FailureMeaning::OptOut) => EvidenceKind::OptedOut,
        Some(FailureMeaning::SlowDown(_)) => EvidenceKind::Throttled,
        Some(
            FailureMeaning::Unregistered | FailureMeaning::SpamBlock(_) | FailureMeaning::Landline,
        )
        | None => kind,
    })
}

/// The kind of evidence by status, or by error code if the status is unknown.
fn kind_by_status(payload: &Payload<'_>) -> Option<EvidenceKind> {
    let by_code = || failure::receipt_kind(&payload.first_error()?.code);
    match payload.status().unwrap_or_default() {
        "queued" | "sending" | "scheduled" => Some(EvidenceKind::Accepted),
        "sent" => Some(EvidenceKind::Sent),
        "delivered" | "read" => Some(EvidenceKind::Delivered),
        "delivery_failed" => Some(EvidenceKind::Undeliverable),
        "delivery_unconfirmed" => Some(EvidenceKind::Unconfirmed),
        "sending_failed" | "cancelled" => Some(EvidenceKind::Failed),
        // The message expired in Telnyx's own queue (40014) or after it left.
        "expired" => by_code().or(Some(EvidenceKind::Undeliverable)),
        _ => by_code(),
    }
}

fn error(payload: &Payload<'_>) -> Option<ProviderError> {
    payload
        .first_error()
        .as_ref()
        .map(WireError::to_provider_error)
}

fn happened_at(kind: EvidenceKind, payload: &Payload<'_>) -> Option<DateTime<Utc>> {
    let field = |name| payload.instant(name);
    let accepted = || field("received_at").or_else(|| field("created_at"));
    match kind {
        EvidenceKind::Accepted => accepted(),
        EvidenceKind::Sent => field("sent_at").or_else(accepted),
        EvidenceKind::Refused
        | EvidenceKind::OutcomeUnknown
        | EvidenceKind::Unconfirmed
        | EvidenceKind::Throttled
        | EvidenceKind::OptedOut
        | EvidenceKind::Failed
        | EvidenceKind::Undeliverable
        | EvidenceKind::Delivered => field("completed_at")
            .or_else(|| payload.status_changed_at())
            .or_else(|| field("updated_at")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn kind_of(status: &str, code: Option<&str>) -> Option<EvidenceKind> {
        let errors: Vec<Value> = code.iter().map(|code| json!({ "code": code })).collect();
        kind(&Payload::of_answer(
            &json!({"to": [{"status": status}], "errors": errors}),
        ))
    }

    #[test]
    fn every_status_has_its_evidence() {
        for (status, expected) in [
            ("queued", EvidenceKind::Accepted),
            ("scheduled", EvidenceKind::Accepted),
            ("sending", EvidenceKind::Accepted),
            ("sent", EvidenceKind::Sent),
            ("delivered", EvidenceKind::Delivered),
            ("read", EvidenceKind::Delivered),
            ("delivery_failed", EvidenceKind::Undeliverable),
            ("delivery_unconfirmed", EvidenceKind::Unconfirmed),
            ("sending_failed", EvidenceKind::Failed),
            ("cancelled", EvidenceKind::Failed),
            ("expired", EvidenceKind::Undeliverable),
        ] {
            assert_eq!(kind_of(status, None), Some(expected), "{status}");
        }
    }

    #[test]
    fn a_message_that_expired_in_the_providers_queue_never_left() {
        assert_eq!(
            kind_of("expired", Some("40014")),
            Some(EvidenceKind::Throttled)
        );
        assert_eq!(
            kind_of("expired", Some("40005")),
            Some(EvidenceKind::Undeliverable)
        );
        assert_eq!(
            kind_of("expired", Some("99999")),
            Some(EvidenceKind::Undeliverable)
        );
    }

    #[test]
    fn a_status_that_we_do_not_know_says_what_its_error_says() {
        assert_eq!(
            kind_of("bounced", Some("40008")),
            Some(EvidenceKind::Undeliverable)
        );
        assert_eq!(kind_of("bounced", Some("99999")), None);
        assert_eq!(kind_of("bounced", None), None);
    }

    #[test]
    fn a_known_status_beats_the_error() {
        assert_eq!(
            kind_of("sending_failed", Some("40008")),
            Some(EvidenceKind::Failed)
        );
        assert_eq!(
            kind_of("delivered", Some("40008")),
            Some(EvidenceKind::Delivered)
        );
    }

    #[test]
    fn what_was_too_much_is_throttled_whatever_its_status_and_the_rest_is_not() {
        for code in ["40011", "40014", "40016", "40018", "40318"] {
            for status in ["sending_failed", "delivery_failed", "expired", "bounced"] {
                let kind = kind_of(status, Some(code));
                assert_eq!(kind, Some(EvidenceKind::Throttled), "{status} {code}");
            }
            for (status, kind) in [
                ("delivered", EvidenceKind::Delivered),
                ("sent", EvidenceKind::Sent),
            ] {
                assert_eq!(kind_of(status, Some(code)), Some(kind), "{code}");
            }
        }
        for code in ["40002", "40006", "40008", "40015", "40017", "40020"] {
            let kind = kind_of("delivery_failed", Some(code));
            assert_eq!(kind, Some(EvidenceKind::Undeliverable), "{code}");
        }
    }

    #[test]
    fn a_failure_because_of_a_stop_is_an_opt_out() {
        let of = |status: &str, code: &str, title: &str| {
            let errors = json!([{ "code": code, "title": title }]);
            kind(&Payload::of_answer(
                &json!({"to": [{"status": status}], "errors": errors}),
            ))
        };
        for status in ["sending_failed", "delivery_failed"] {
            let stopped = of(status, "40300", "Blocked due to STOP message");
            assert_eq!(stopped, Some(EvidenceKind::OptedOut), "{status}");
            let stopped = of(status, "40008", "The recipient has opted out");
            assert_eq!(stopped, Some(EvidenceKind::OptedOut), "{status}");
        }
        let unreachable = of("delivery_failed", "40300", "Destination number unreachable");
        assert_eq!(unreachable, Some(EvidenceKind::Undeliverable));
        let delivered = of("delivered", "40300", "Blocked due to STOP message");
        assert_eq!(delivered, Some(EvidenceKind::Delivered));
    }

    fn looked_up(body: &Value) -> Option<Evidence> {
        of_look_up("m-1", &Payload::of_answer(body), NOON)
    }

    #[test]
    fn a_look_up_happened_when_its_status_did() {
        for (body, second) in [
            (
                json!({"to": [{"status": "queued"}], "received_at": "1970-01-01T00:00:01Z"}),
                1,
            ),
            (
                json!({"to": [{"status": "queued"}], "created_at": "1970-01-01T00:00:02Z"}),
                2,
            ),
            (
                json!({"to": [{"status": "sent"}], "sent_at": "1970-01-01T00:00:03Z"}),
                3,
            ),
            (
                json!({"to": [{"status": "delivered"}], "completed_at": "1970-01-01T00:00:04Z"}),
                4,
            ),
            (
                json!({"to": [{"status": "delivered", "updated_at": "1970-01-01T00:00:05Z"}]}),
                5,
            ),
            (
                json!({"to": [{"status": "sent"}], "completed_at": "1970-01-01T00:00:06Z"}),
                0,
            ),
        ] {
            let evidence = looked_up(&body).unwrap();
            assert_eq!(evidence.occurred_at.timestamp(), second, "{body}");
        }
    }

    #[test]
    fn a_look_up_is_named_by_message_and_status() {
        let evidence = looked_up(&json!({"data": {"to": [{"status": "sent"}]}})).unwrap();
        assert_eq!(evidence.event_id, "lookup:m-1:sent");
        assert_eq!(evidence.provider_message_id.as_deref(), Some("m-1"));
    }

    #[test]
    fn a_received_message_is_no_evidence() {
        let body = json!({"data": {"direction": "inbound", "to": [{"status": "delivered"}]}});
        assert_eq!(looked_up(&body), None);
    }
}
