//! The database repeats the lifecycle's invariants: a row that breaks one cannot be stored, whoever
//! writes it.

use crate::sql;
use crate::support::Store;

/// A statement over the one message of the test, and the constraint that must refuse it.
const REFUSED: &[(&str, &str)] = &[
    ("UPDATE messages SET due_at = NULL", "messages_due"),
    (
        "UPDATE messages SET status = 'delivered', delivered_at = queued_at, hold = 0",
        "messages_due",
    ),
    (
        "UPDATE messages SET status = 'waiting', due_at = NULL, hold = 0, blocked_at = queued_at",
        "messages_status_check",
    ),
    (
        "UPDATE messages SET unknown_since = queued_at",
        "messages_state",
    ),
    (
        "UPDATE messages SET is_unconfirmed = true",
        "messages_state",
    ),
    (
        "UPDATE messages SET error_code = '1', error_message = 'x'",
        "messages_state",
    ),
    (
        "UPDATE messages SET reason = 'quiet_hours'",
        "messages_state",
    ),
    ("UPDATE messages SET status = 'sent'", "messages_state"),
    ("UPDATE messages SET hold = -1", "messages_hold_check"),
    (
        "UPDATE messages SET status = 'sending', sending_started_at = queued_at",
        "messages_status",
    ),
    (
        "UPDATE messages SET status = 'failed', hold = 0, due_at = NULL",
        "messages_status",
    ),
    (
        "UPDATE messages SET status = 'opted_out', hold = 0, due_at = NULL",
        "messages_status",
    ),
    ("UPDATE messages SET attempts_counted = 1", "messages_state"),
    (
        "UPDATE messages SET status = 'canceled', hold = 0, due_at = NULL, canceled_at = queued_at,
             reason = 'client_requested', journal = '[]'",
        "messages_state",
    ),
    (
        "UPDATE submissions SET from_number = NULL",
        "submissions_groups",
    ),
    (
        "UPDATE submissions SET provider_account = NULL",
        "submissions_groups",
    ),
    (
        "UPDATE submissions SET reserved_day = NULL",
        "submissions_groups",
    ),
    (
        "UPDATE submissions SET reserved_number_id = NULL, reserved_hour = NULL, reserved_day = NULL,
             reserved_limits = '{}'",
        "submissions_groups",
    ),
    (
        "UPDATE submissions SET segments = 0",
        "submissions_segments_check",
    ),
    ("UPDATE wallets SET held = -1", "wallets_held_check"),
    ("UPDATE counters SET used = -1", "counters_used_check"),
    ("UPDATE recipients SET recent_at = '{}'", "recipients_check"),
    (
        "DELETE FROM leads",
        "conversations_organization_id_lead_id_fkey",
    ),
];

#[tokio::test]
async fn rows_that_the_lifecycle_does_not_know_are_refused_by_the_database() {
    let store = Store::new().await;
    store.queue(1).await;
    let mut connection = store.connection().await;
    for (statement, constraint) in REFUSED {
        let error = sql::execute(&mut connection, statement).await.unwrap_err();
        let diesel::result::Error::DatabaseError(_, information) = error else {
            panic!("{statement}: {error}");
        };
        assert_eq!(
            information.constraint_name(),
            Some(*constraint),
            "{statement}"
        );
    }
}

#[tokio::test]
async fn an_active_opt_out_of_one_scope_exists_once() {
    let store = Store::new().await;
    let add = |id: u32| {
        format!(
            "INSERT INTO suppressions
                 (organization_id, id, phone, channel, scope, source, created_at)
             SELECT organization_id, gen_random_uuid(), phone, 'all', 'organization', 'operator',
                 '2026-03-03 12:0{id}Z' FROM leads ORDER BY id LIMIT 1"
        )
    };
    let mut connection = store.connection().await;
    sql::execute(&mut connection, &add(1)).await.unwrap();
    assert!(sql::execute(&mut connection, &add(2)).await.is_err());
    let release = "UPDATE suppressions SET released_at = created_at";
    sql::execute(&mut connection, release).await.unwrap();
    sql::execute(&mut connection, &add(3)).await.unwrap();
    assert_eq!(store.count("suppressions").await, 2);
}
