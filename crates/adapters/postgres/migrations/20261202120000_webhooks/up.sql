-- Where organizations are told of events. A secret is not stored: it follows from the endpoint, the generation
-- and the installation's key with this mark.
CREATE TABLE webhook_endpoints (
    organization_id   uuid NOT NULL REFERENCES organizations (id),
    id                uuid NOT NULL,
    url               text NOT NULL,
    description       text,
    kinds             text[] NOT NULL CHECK (cardinality(kinds) > 0),
    is_enabled        boolean NOT NULL,
    secret_generation integer NOT NULL CHECK (secret_generation > 0),
    secret_key_mark   bigint NOT NULL,
    created_at        timestamptz NOT NULL,
    modified_at       timestamptz NOT NULL,
    -- Calls that failed since the last success, and the first of them.
    failures          integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since     timestamptz,
    switched_off      text CHECK (switched_off IN ('failing', 'gone')),
    switched_off_at   timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK ((failures > 0) = (failing_since IS NOT NULL)),
    CHECK ((switched_off IS NULL) = (switched_off_at IS NULL)),
    CHECK (switched_off IS NULL OR NOT is_enabled)
);

-- What was told, written in the transaction of the change. Ids begin with the time, so that a span of time is
-- a range of the key.
CREATE TABLE webhook_events (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    message_id      uuid,
    -- From 1 for each message, without a gap.
    number          integer,
    -- JSON.
    data            text NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK ((message_id IS NULL) = (number IS NULL))
);

CREATE UNIQUE INDEX webhook_events_message
    ON webhook_events (organization_id, message_id, number) WHERE message_id IS NOT NULL;

-- What has not been taken yet. A lease moves due_at ahead.
CREATE TABLE webhook_deliveries (
    organization_id uuid NOT NULL,
    endpoint_id     uuid NOT NULL,
    event_id        uuid NOT NULL,
    due_at          timestamptz NOT NULL,
    -- Calls that failed.
    tries           smallint NOT NULL CHECK (tries >= 0),
    PRIMARY KEY (organization_id, endpoint_id, event_id)
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organization_id, endpoint_id, due_at);

-- Every call.
CREATE TABLE webhook_attempts (
    organization_id uuid NOT NULL,
    endpoint_id     uuid NOT NULL,
    at              timestamptz NOT NULL,
    event_id        uuid NOT NULL,
    kind            text NOT NULL,
    number          smallint NOT NULL CHECK (number > 0),
    took_ms         integer NOT NULL CHECK (took_ms >= 0),
    status          smallint,
    fault           text,
    result          text NOT NULL CHECK (result IN ('taken', 'again', 'given_up', 'gone')),
    next_at         timestamptz,
    PRIMARY KEY (organization_id, endpoint_id, at, event_id)
);

-- The program itself switches endpoints off.
ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_kind_check;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_kind_check
    CHECK (actor_kind IN ('operator', 'key', 'system'));
