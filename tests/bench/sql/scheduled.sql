-- Creates :scheduled messages as copies of the scheduled message of each organization. The first :due of them are
-- already due.

-- The rows are copies of rows that passed all checks; checking their parents one by one would take minutes.
SET session_replication_role = replica;

CREATE TEMPORARY TABLE sample AS
SELECT DISTINCT ON (organization_id) organization_id, id FROM messages WHERE status = 'scheduled'
ORDER BY organization_id;

CREATE TEMPORARY TABLE sample_submissions AS
SELECT submissions.* FROM submissions JOIN sample USING (organization_id, id);
CREATE UNIQUE INDEX ON sample_submissions (organization_id);

CREATE TEMPORARY TABLE sample_messages AS
SELECT messages.* FROM messages JOIN sample USING (organization_id, id);
CREATE UNIQUE INDEX ON sample_messages (organization_id);
ANALYZE sample_submissions, sample_messages;

DO $$
DECLARE
    changed CONSTANT jsonb := jsonb_build_object(
        'id', 'bench_id(6, n)',
        'conversation_id', 'bench_id(4, n % :shared)',
        'lead_id', 'bench_id(3, n % :shared)',
        'recipient', 'bench_phone(n % :shared)',
        'options', 'json_build_object(''requested_for'', at)',
        'scheduled_until', 'at', 'due_at', 'at');
    part text;
    names text;
    terms text;
BEGIN
    FOREACH part IN ARRAY ARRAY['submissions', 'messages'] LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
               string_agg(coalesce(changed ->> attname, 'sample.' || quote_ident(attname)), ', '
                   ORDER BY attnum)
        INTO names, terms
        FROM pg_attribute
        WHERE attrelid = part::regclass AND attnum > 0 AND NOT attisdropped;
        EXECUTE format(
            'INSERT INTO %s (%s) SELECT %s FROM (
                 SELECT n, CASE WHEN n < :due
                     THEN timestamptz '':noon'' - interval ''1 minute'' + n * interval ''1 microsecond''
                     ELSE timestamptz '':noon'' + interval ''2 hours'' + n * interval ''0.1 second''
                     END AS at
                 FROM generate_series(0, :scheduled - 1) AS n) AS numbers
             JOIN sample_%s AS sample ON sample.organization_id = bench_id(1, n %% :organizations)',
            part, names, terms, part);
    END LOOP;
END $$;

INSERT INTO due (organization_id, message_id, priority, provider_account, due_at, is_ready, recipient)
SELECT organization_id, id, priority, coalesce(provider_account, ''), due_at, false, recipient
FROM messages JOIN submissions USING (organization_id, id) WHERE status = 'scheduled'
ON CONFLICT DO NOTHING;

DROP TABLE sample, sample_submissions, sample_messages;
SET session_replication_role = DEFAULT;
