CREATE TABLE messages_before (
    organization_id      uuid NOT NULL,
    id                   uuid NOT NULL,
    version              bigint NOT NULL CONSTRAINT messages_version_check CHECK (version > 0),
    conversation_id      uuid NOT NULL,
    lead_id              uuid NOT NULL,
    recipient            text NOT NULL,
    body                 text,
    segments             integer NOT NULL CONSTRAINT messages_segments_check CHECK (segments > 0),
    campaign_id          uuid,
    source_id            uuid,
    requested_number_id  uuid,
    is_manual            boolean NOT NULL,
    claimed_selection    text,
    requested_for        timestamptz,
    traffic              text NOT NULL,
    priority             smallint NOT NULL
        CONSTRAINT messages_priority_check CHECK (priority BETWEEN 0 AND 2),
    requested_at         timestamptz NOT NULL,
    status               text NOT NULL CONSTRAINT messages_status_check CHECK (status IN
        ('draft', 'scheduled', 'queued', 'sending', 'sent', 'received', 'delivered', 'failed',
         'undeliverable', 'opted_out', 'blocked_compliance', 'blocked_billing',
         'blocked_missing_campaign', 'canceled')),
    retry_at             timestamptz,
    unknown_since        timestamptz,
    is_unconfirmed       boolean NOT NULL,
    error_code           text,
    error_message        text,
    reason               text,
    status_reason        text,
    compliance           text,
    created_at           timestamptz NOT NULL,
    modified_at          timestamptz NOT NULL,
    scheduled_until      timestamptz,
    scheduled_reason     text,
    queued_at            timestamptz,
    sending_started_at   timestamptz,
    sent_at              timestamptz,
    delivered_at         timestamptz,
    received_at          timestamptz,
    failed_at            timestamptz,
    undeliverable_at     timestamptz,
    blocked_at           timestamptz,
    canceled_at          timestamptz,
    number_id            uuid,
    from_number          text,
    selection            text,
    ten_dlc_campaign_id  text,
    is_warmup            boolean NOT NULL,
    provider_account     text,
    messaging_profile_id text,
    provider_message_id  text,
    quote                bigint CONSTRAINT messages_quote_check CHECK (quote >= 0),
    hold                 bigint NOT NULL CONSTRAINT messages_hold_check CHECK (hold >= 0),
    billing_status       text,
    attempts_last        integer NOT NULL
        CONSTRAINT messages_attempts_last_check CHECK (attempts_last >= 0),
    attempts_counted     integer NOT NULL
        CONSTRAINT messages_attempts_counted_check CHECK (attempts_counted >= 0),
    is_reopened          boolean NOT NULL,
    has_switched_number  boolean NOT NULL,
    reserved_number_id   uuid,
    reserved_hour        timestamptz,
    reserved_hour_limit  integer,
    reserved_day         timestamptz,
    reserved_day_limit   integer,
    due_at               timestamptz,
    first_decision       bytea,
    reserved_campaign_id       uuid,
    reserved_campaign_segments integer
        CONSTRAINT messages_reserved_campaign_segments_check CHECK (reserved_campaign_segments > 0),
    reserved_campaign_limit    integer,
    CONSTRAINT messages_campaign CHECK (
            (reserved_campaign_id IS NULL) = (reserved_campaign_segments IS NULL)
        AND (reserved_campaign_limit IS NULL OR reserved_campaign_id IS NOT NULL)),
    CONSTRAINT messages_erased CHECK (
        body IS NOT NULL OR status NOT IN ('draft', 'scheduled', 'queued', 'sending')),
    CONSTRAINT messages_due CHECK (CASE status
        WHEN 'scheduled' THEN due_at IS NOT NULL
        WHEN 'queued'    THEN due_at IS NOT NULL
        WHEN 'sending'   THEN due_at IS NOT NULL
        WHEN 'sent'      THEN true
        ELSE due_at IS NULL END),
    CONSTRAINT messages_state CHECK (
            (retry_at IS NULL OR status = 'queued')
        AND (unknown_since IS NULL OR status = 'sending')
        AND (NOT is_unconfirmed OR status = 'sent')
        AND (error_code IS NULL OR status IN ('failed', 'undeliverable'))
        AND (error_code IS NULL) = (error_message IS NULL)
        AND (reason IS NOT NULL) = (status IN ('blocked_compliance', 'canceled'))
        AND (hold = 0 OR status IN ('queued', 'sending'))),
    CONSTRAINT messages_status CHECK (CASE status
        WHEN 'scheduled'     THEN scheduled_until IS NOT NULL
        WHEN 'queued'        THEN number_id IS NOT NULL AND queued_at IS NOT NULL
        WHEN 'sending'       THEN number_id IS NOT NULL AND sending_started_at IS NOT NULL
                                  AND attempts_last > 0
        WHEN 'received'      THEN received_at IS NOT NULL
        WHEN 'delivered'     THEN delivered_at IS NOT NULL
        WHEN 'failed'        THEN failed_at IS NOT NULL AND error_code IS NOT NULL
        WHEN 'undeliverable' THEN undeliverable_at IS NOT NULL
        WHEN 'canceled'      THEN canceled_at IS NOT NULL
        WHEN 'draft'         THEN true
        WHEN 'sent'          THEN true
        ELSE blocked_at IS NOT NULL END),
    CONSTRAINT messages_groups CHECK (
            (scheduled_until IS NULL) = (scheduled_reason IS NULL)
        AND (number_id IS NULL) = (from_number IS NULL)
        AND (number_id IS NULL) = (provider_account IS NULL)
        AND (reserved_number_id IS NULL) = (reserved_hour IS NULL)
        AND (reserved_number_id IS NULL) = (reserved_day IS NULL)
        AND attempts_counted <= attempts_last)
) WITH (fillfactor = 70);

INSERT INTO messages_before
SELECT asked.organization_id, asked.id, version, conversation_id, lead_id, recipient, body, segments,
    (options ->> 'campaign_id')::uuid, (options ->> 'source_id')::uuid,
    (options ->> 'requested_number_id')::uuid, coalesce((options ->> 'is_manual')::boolean, false),
    options ->> 'claimed_selection', (options ->> 'requested_for')::timestamptz,
    traffic, priority, requested_at, status, retry_at, unknown_since, is_unconfirmed, error_code,
    error_message, reason, status_reason, compliance, created_at, modified_at, scheduled_until,
    scheduled_reason, queued_at, sending_started_at, sent_at, delivered_at, received_at, failed_at,
    undeliverable_at, blocked_at, canceled_at, number_id, from_number, selection,
    ten_dlc_campaign_id, is_warmup, provider_account, messaging_profile_id, provider_message_id,
    quote, hold, billing_status, attempts_last, attempts_counted, is_reopened, has_switched_number,
    reserved_number_id, reserved_hour, (reserved_limits ->> 'hour')::integer, reserved_day,
    (reserved_limits ->> 'day')::integer, due_at, first_decision,
    (reserved_limits #>> '{campaign,id}')::uuid, (reserved_limits #>> '{campaign,segments}')::integer,
    (reserved_limits #>> '{campaign,day}')::integer
FROM messages AS stands JOIN submissions AS asked USING (organization_id, id);

CREATE TABLE history_before (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    seq             bigint NOT NULL,
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    source          text NOT NULL,
    reference       text,
    details         json,
    CONSTRAINT history_pkey PRIMARY KEY (organization_id, message_id, seq)
);

INSERT INTO history_before SELECT * FROM history;

DROP VIEW history;
ALTER TABLE history_before RENAME TO history;

-- What the move filled is empty again.
TRUNCATE journals, submissions;
ALTER TABLE received_attachments DROP CONSTRAINT received_attachments_organization_id_message_id_fkey;
DROP INDEX submissions_recipient, submissions_texts, messages_unknown, messages_retrying;
TRUNCATE messages;
ALTER TABLE messages RENAME CONSTRAINT messages_pkey TO states_pkey;
ALTER TABLE messages RENAME TO states;
ALTER TABLE messages_before RENAME TO messages;
ALTER TABLE messages ADD CONSTRAINT messages_pkey PRIMARY KEY (organization_id, id);
ALTER TABLE received_attachments ADD FOREIGN KEY (organization_id, message_id) REFERENCES messages;
CREATE INDEX messages_recipient ON messages USING hash (recipient);
CREATE INDEX messages_texts ON messages (organization_id, conversation_id, received_at)
    WHERE received_at IS NOT NULL;
CREATE INDEX messages_unknown ON messages (unknown_since) WHERE unknown_since IS NOT NULL;
CREATE INDEX messages_retrying ON messages (queued_at) WHERE retry_at IS NOT NULL;
