-- Declared emergencies. A row is not changed, but for its lifting.
CREATE TABLE emergencies (
    id              uuid PRIMARY KEY,
    jurisdiction    text NOT NULL,
    postal_prefixes text[] NOT NULL,
    source          text NOT NULL,
    ends_at         timestamptz,
    declared_at     timestamptz NOT NULL,
    declared_by     text NOT NULL,
    lifted_at       timestamptz
);

-- One row: the version of the emergencies, which each change advances.
CREATE TABLE emergency_versions (
    is_only boolean PRIMARY KEY CHECK (is_only),
    version bigint NOT NULL
);

INSERT INTO emergency_versions (is_only, version) VALUES (true, 0);

-- Keeps a change of the emergencies from being committed until this transaction ends, and says which version
-- is in force. The version is read after the lock is held: each statement of a volatile function sees what is
-- committed when it starts.
CREATE FUNCTION emergencies_in_force() RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    seen bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7311, 1);
    SELECT version INTO seen FROM emergency_versions;
    RETURN seen;
END
$$;

-- Fails as a lost race if another version is in force.
CREATE FUNCTION require_emergencies(seen bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF emergencies_in_force() <> seen THEN
        RAISE EXCEPTION 'the emergencies have changed' USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;
