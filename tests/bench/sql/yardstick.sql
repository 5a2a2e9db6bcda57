-- The row that a message was in November 2026, with its checks, its foreign key and its indexes, in a
-- schema of its own. What the product is measured against must not move when the product does: this
-- file changes only with every number in docs/performance.md.
CREATE SCHEMA yardstick;

CREATE SEQUENCE yardstick.rows;

CREATE TABLE yardstick.conversations (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (organization_id, id)
);

INSERT INTO yardstick.conversations
SELECT ('01900001-0000-7000-8000-' || lpad(to_hex(n % :organizations), 12, '0'))::uuid,
    ('01900004-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
FROM generate_series(0, :shared - 1) AS n;

CREATE TABLE yardstick.messages (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    conversation_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    recipient text NOT NULL,
    body text,
    segments integer NOT NULL,
    campaign_id uuid,
    source_id uuid,
    requested_number_id uuid,
    is_manual boolean NOT NULL,
    claimed_selection text,
    requested_for timestamptz,
    traffic text NOT NULL,
    priority smallint NOT NULL,
    requested_at timestamptz NOT NULL,
    status text NOT NULL,
    retry_at timestamptz,
    unknown_since timestamptz,
    is_unconfirmed boolean NOT NULL,
    error_code text,
    error_message text,
    reason text,
    status_reason text,
    compliance text,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    scheduled_until timestamptz,
    scheduled_reason text,
    queued_at timestamptz,
    sending_started_at timestamptz,
    sent_at timestamptz,
    delivered_at timestamptz,
    received_at timestamptz,
    failed_at timestamptz,
    undeliverable_at timestamptz,
    blocked_at timestamptz,
    canceled_at timestamptz,
    number_id uuid,
    from_number text,
    selection text,
    ten_dlc_campaign_id text,
    is_warmup boolean NOT NULL,
    provider_account text,
    messaging_profile_id text,
    provider_message_id text,
    quote bigint,
    hold bigint NOT NULL,
    billing_status text,
    attempts_last integer NOT NULL,
    attempts_counted integer NOT NULL,
    is_reopened boolean NOT NULL,
    has_switched_number boolean NOT NULL,
    reserved_number_id uuid,
    reserved_hour timestamptz,
    reserved_hour_limit integer,
    reserved_day timestamptz,
    reserved_day_limit integer,
    due_at timestamptz,
    first_decision bytea,
    reserved_campaign_id uuid,
    reserved_campaign_segments integer,
    reserved_campaign_limit integer,
    CONSTRAINT attempts_counted_check CHECK ((attempts_counted >= 0)),
    CONSTRAINT attempts_last_check CHECK ((attempts_last >= 0)),
    CONSTRAINT campaign CHECK ((((reserved_campaign_id IS NULL) = (reserved_campaign_segments IS NULL)) AND ((reserved_campaign_limit IS NULL) OR (reserved_campaign_id IS NOT NULL)))),
    CONSTRAINT due CHECK (
CASE status
    WHEN 'scheduled' THEN (due_at IS NOT NULL)
    WHEN 'queued' THEN (due_at IS NOT NULL)
    WHEN 'sending' THEN (due_at IS NOT NULL)
    WHEN 'sent' THEN true
    ELSE (due_at IS NULL)
END),
    CONSTRAINT erased CHECK (((body IS NOT NULL) OR (status <> ALL (ARRAY['draft', 'scheduled', 'queued', 'sending'])))),
    CONSTRAINT groups CHECK ((((scheduled_until IS NULL) = (scheduled_reason IS NULL)) AND ((number_id IS NULL) = (from_number IS NULL)) AND ((number_id IS NULL) = (provider_account IS NULL)) AND ((reserved_number_id IS NULL) = (reserved_hour IS NULL)) AND ((reserved_number_id IS NULL) = (reserved_day IS NULL)) AND (attempts_counted <= attempts_last))),
    CONSTRAINT hold_check CHECK ((hold >= 0)),
    CONSTRAINT priority_check CHECK (((priority >= 0) AND (priority <= 2))),
    CONSTRAINT quote_check CHECK ((quote >= 0)),
    CONSTRAINT reserved_campaign_segments_check CHECK ((reserved_campaign_segments > 0)),
    CONSTRAINT segments_check CHECK ((segments > 0)),
    CONSTRAINT state CHECK ((((retry_at IS NULL) OR (status = 'queued')) AND ((unknown_since IS NULL) OR (status = 'sending')) AND ((NOT is_unconfirmed) OR (status = 'sent')) AND ((error_code IS NULL) OR (status = ANY (ARRAY['failed', 'undeliverable']))) AND ((error_code IS NULL) = (error_message IS NULL)) AND ((reason IS NOT NULL) = (status = ANY (ARRAY['blocked_compliance', 'canceled']))) AND ((hold = 0) OR (status = ANY (ARRAY['queued', 'sending']))))),
    CONSTRAINT status CHECK (
CASE status
    WHEN 'scheduled' THEN (scheduled_until IS NOT NULL)
    WHEN 'queued' THEN ((number_id IS NOT NULL) AND (queued_at IS NOT NULL))
    WHEN 'sending' THEN ((number_id IS NOT NULL) AND (sending_started_at IS NOT NULL) AND (attempts_last > 0))
    WHEN 'received' THEN (received_at IS NOT NULL)
    WHEN 'delivered' THEN (delivered_at IS NOT NULL)
    WHEN 'failed' THEN ((failed_at IS NOT NULL) AND (error_code IS NOT NULL))
    WHEN 'undeliverable' THEN (undeliverable_at IS NOT NULL)
    WHEN 'canceled' THEN (canceled_at IS NOT NULL)
    WHEN 'draft' THEN true
    WHEN 'sent' THEN true
    ELSE (blocked_at IS NOT NULL)
END),
    CONSTRAINT status_check CHECK ((status = ANY (ARRAY['draft', 'scheduled', 'queued', 'sending', 'sent', 'received', 'delivered', 'failed', 'undeliverable', 'opted_out', 'blocked_compliance', 'blocked_billing', 'blocked_missing_campaign', 'canceled']))),
    CONSTRAINT version_check CHECK ((version > 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY yardstick.messages
    ADD CONSTRAINT pkey PRIMARY KEY (organization_id, id);
CREATE INDEX messages_queue ON yardstick.messages (priority, due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX messages_received ON yardstick.messages (organization_id, provider_account, provider_message_id) WHERE (status = 'received');
CREATE INDEX messages_retrying ON yardstick.messages (queued_at) WHERE (retry_at IS NOT NULL);
CREATE INDEX messages_texts ON yardstick.messages (organization_id, conversation_id, received_at) WHERE (status = 'received');
CREATE INDEX messages_unknown ON yardstick.messages (unknown_since) WHERE (unknown_since IS NOT NULL);
CREATE INDEX messages_waiting ON yardstick.messages USING hash (recipient) WHERE (status = ANY (ARRAY['scheduled', 'queued']));

ALTER TABLE ONLY yardstick.messages
    ADD CONSTRAINT conversation FOREIGN KEY (organization_id, conversation_id) REFERENCES yardstick.conversations(organization_id, id);
