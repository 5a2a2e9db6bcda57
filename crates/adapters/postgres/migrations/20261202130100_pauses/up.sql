-- What an organization has paused: a row for each that ever did.
CREATE TABLE pauses (
    organization_id uuid PRIMARY KEY,
    -- Grows with every pause and resumption.
    version         bigint NOT NULL,
    is_paused       boolean NOT NULL,
    numbers         uuid[] NOT NULL,
    campaigns       uuid[] NOT NULL,
    -- The last message that was looked at since the last pause; null when all were.
    turned_to       uuid,
    -- The last message that was woken since the last resumption; null when all were.
    woken_to        uuid
);

CREATE INDEX pauses_turning ON pauses (organization_id) WHERE turned_to IS NOT NULL;
CREATE INDEX pauses_waking ON pauses (organization_id) WHERE woken_to IS NOT NULL;

-- A message that waits for a resumption comes due when it expires.
ALTER TABLE due ADD COLUMN is_paused boolean NOT NULL DEFAULT false;
CREATE INDEX due_paused ON due (organization_id, message_id) WHERE is_paused;

-- Keeps the pauses of organizations as they are until the transaction ends, and says their versions. The lock
-- is taken in the order of the ids, and the version is read after it: each statement of a volatile function
-- sees what is committed when it starts.
CREATE FUNCTION pauses_in_force(organizations uuid[])
    RETURNS TABLE (organization_id uuid, version bigint)
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one uuid;
BEGIN
    FOR one IN SELECT DISTINCT id FROM unnest(organizations) AS id ORDER BY id LOOP
        PERFORM pg_advisory_xact_lock_shared(7312, hashtext(one::text));
    END LOOP;
    RETURN QUERY SELECT pauses.organization_id, pauses.version FROM pauses
        WHERE pauses.organization_id = ANY (organizations);
END
$$;

-- Fails as a lost race if other versions are in force. An organization that never paused has version 0.
CREATE FUNCTION require_pauses(organizations uuid[], seen bigint[]) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(organizations, seen) AS input (id, version)
        LEFT JOIN pauses_in_force(organizations) AS stored ON stored.organization_id = input.id
        WHERE coalesce(stored.version, 0) <> input.version) THEN
        RAISE EXCEPTION 'what is paused has changed' USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;
