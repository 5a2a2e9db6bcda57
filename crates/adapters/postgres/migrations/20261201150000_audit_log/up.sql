-- Who changed law, lists, keys, suppressions or money, written in the transaction of the change.
CREATE TABLE audit_log (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    -- Null: the change concerns every organization.
    organization_id uuid,
    actor_kind      text NOT NULL CHECK (actor_kind IN ('operator', 'key')),
    actor           text NOT NULL,
    origin          text NOT NULL,
    action          text NOT NULL,
    target          text NOT NULL,
    -- The thing before and after; null where it did not exist.
    before          jsonb,
    after           jsonb
);

CREATE INDEX audit_log_organization ON audit_log (organization_id, id);

CREATE FUNCTION refuse_change_of_audit_log() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of audit_log are neither changed nor removed';
END
$$;

CREATE TRIGGER audit_log_is_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log();
