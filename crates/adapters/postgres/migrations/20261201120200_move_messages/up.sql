-- Moves the messages and their history, in batches in the order of their keys.
DO $$
DECLARE
    done record;
    moved bigint;
BEGIN
    LOOP
        SELECT organization_id, id INTO done FROM states ORDER BY organization_id DESC, id DESC LIMIT 1;
        WITH batch AS MATERIALIZED (
            SELECT * FROM messages
            WHERE (organization_id, id) > (
                coalesce(done.organization_id, '00000000-0000-0000-0000-000000000000'),
                coalesce(done.id, '00000000-0000-0000-0000-000000000000'))
            ORDER BY organization_id, id LIMIT 10000),
        asked AS (
            INSERT INTO submissions (organization_id, id, conversation_id, lead_id, requested_at,
                created_at, received_at, scheduled_until, number_id, quote, reserved_number_id,
                reserved_hour, reserved_day, segments, priority, is_warmup, recipient, body, traffic,
                from_number, selection, ten_dlc_campaign_id, provider_account, messaging_profile_id,
                compliance, scheduled_reason, options, reserved_limits, first_decision)
            SELECT organization_id, id, conversation_id, lead_id, requested_at,
                created_at, received_at, scheduled_until, number_id, quote, reserved_number_id,
                reserved_hour, reserved_day, segments, priority, is_warmup, recipient, body, traffic,
                from_number, selection, ten_dlc_campaign_id, provider_account, messaging_profile_id,
                compliance, scheduled_reason,
                nullif(json_strip_nulls(json_build_object(
                    'campaign_id', campaign_id, 'source_id', source_id,
                    'requested_number_id', requested_number_id,
                    'is_manual', CASE WHEN is_manual THEN true END,
                    'claimed_selection', claimed_selection,
                    'requested_for', requested_for))::text, '{}')::json,
                nullif(json_strip_nulls(json_build_object(
                    'hour', reserved_hour_limit, 'day', reserved_day_limit,
                    'campaign', CASE WHEN reserved_campaign_id IS NOT NULL THEN json_build_object(
                        'id', reserved_campaign_id, 'segments', reserved_campaign_segments,
                        'day', reserved_campaign_limit) END))::text, '{}')::json,
                first_decision
            FROM batch),
        kept AS (
            INSERT INTO journals (organization_id, message_id, seq, entries)
            SELECT batch.organization_id, batch.id, max(history.seq), json_agg(json_build_array(
                history.seq, history.kind, history.at, history.source, history.reference,
                history.details) ORDER BY history.seq)
            FROM batch JOIN history ON history.organization_id = batch.organization_id
                AND history.message_id = batch.id
            GROUP BY batch.organization_id, batch.id),
        stands AS (
            INSERT INTO states (organization_id, id, version, modified_at, due_at, queued_at,
                sending_started_at, sent_at, delivered_at, failed_at, undeliverable_at, blocked_at,
                canceled_at, retry_at, unknown_since, hold, attempts_last, attempts_counted,
                is_unconfirmed, is_reopened, has_switched_number, status, billing_status,
                provider_message_id, error_code, error_message, reason, status_reason)
            SELECT organization_id, id, version, modified_at, due_at, queued_at,
                sending_started_at, sent_at, delivered_at, failed_at, undeliverable_at, blocked_at,
                canceled_at, retry_at, unknown_since, hold, attempts_last, attempts_counted,
                is_unconfirmed, is_reopened, has_switched_number, status, billing_status,
                provider_message_id, error_code, error_message, reason, status_reason
            FROM batch RETURNING 1)
        SELECT count(*) INTO moved FROM stands;
        COMMIT;
        EXIT WHEN moved = 0;
    END LOOP;
END $$
