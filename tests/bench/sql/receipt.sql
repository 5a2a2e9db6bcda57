-- What one receipt writes, as a script for pgbench: the raw event, the message, its attempt, the
-- audit, the conversation. :targets is replaced by a number.
\set n random(1, :targets)
BEGIN;
INSERT INTO provider_events (provider_account, event_id, event_type, occurred_at, received_at,
    provider_message_id, organization_id, message_id, payload)
SELECT 'default', gen_random_uuid()::text, 'message.finalized', modified_at, modified_at,
    provider_message_id, organization_id, id, convert_to(repeat('x', 700), 'UTF8')
FROM bench_targets JOIN messages USING (organization_id, id) WHERE n = :n;
UPDATE messages SET version = version + 1, status = 'delivered', delivered_at = modified_at,
    due_at = NULL, journal = NULL
FROM bench_targets WHERE n = :n AND messages.organization_id = bench_targets.organization_id
    AND messages.id = bench_targets.id;
DELETE FROM due USING bench_targets WHERE n = :n
    AND due.organization_id = bench_targets.organization_id AND due.message_id = bench_targets.id;
UPDATE attempts SET evidence = '{"delivered": {"at": "2026-03-03T17:05:00Z", "event": "a"}}'
FROM bench_targets WHERE n = :n AND attempts.organization_id = bench_targets.organization_id
    AND attempts.message_id = bench_targets.id;
INSERT INTO journals (organization_id, message_id, seq, entries)
SELECT organization_id, id, version * 256, json_build_array(json_build_array(version * 256,
    'evidence', modified_at, 'provider', 'a', '{}'::json))
FROM bench_targets JOIN messages USING (organization_id, id) WHERE n = :n;
COMMIT;
