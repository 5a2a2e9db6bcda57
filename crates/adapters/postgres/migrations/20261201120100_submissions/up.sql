-- A message becomes two rows: what is to be sent, which hardly changes, and where it stands, which every
-- transition writes. The columns are ordered by their alignment, the texts last.

-- What was asked, and what the last decision chose.
CREATE TABLE submissions (
    organization_id      uuid NOT NULL,
    id                   uuid NOT NULL,
    conversation_id      uuid NOT NULL,
    lead_id              uuid NOT NULL,
    requested_at         timestamptz NOT NULL,
    created_at           timestamptz NOT NULL,
    -- Of texts from people.
    received_at          timestamptz,
    scheduled_until      timestamptz,
    -- The way out. Account and number together are its lane.
    number_id            uuid,
    quote                bigint CHECK (quote >= 0),
    -- The capacity it holds or used.
    reserved_number_id   uuid,
    reserved_hour        timestamptz,
    reserved_day         timestamptz,
    segments             integer NOT NULL CHECK (segments > 0),
    -- 0 system, 1 immediate, 2 bulk: what leaves first.
    priority             smallint NOT NULL CHECK (priority BETWEEN 0 AND 2),
    is_warmup            boolean NOT NULL,
    recipient            text NOT NULL,
    -- Null = erased.
    body                 text,
    traffic              text NOT NULL,
    from_number          text,
    selection            text,
    ten_dlc_campaign_id  text,
    provider_account     text,
    messaging_profile_id text,
    compliance           text,
    scheduled_reason     text,
    -- What clients seldom set: campaign_id, source_id, requested_number_id, is_manual, claimed_selection,
    -- requested_for. Null = none of it.
    options              json,
    -- What the capacity was checked against: hour, day, and campaign (id, segments, day).
    reserved_limits      json,
    -- The decision that made the row, JSON compressed by LZ4; later ones are in decisions.
    first_decision       bytea,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT submissions_groups CHECK (
            (scheduled_until IS NULL) = (scheduled_reason IS NULL)
        AND (number_id IS NULL) = (from_number IS NULL)
        AND (number_id IS NULL) = (provider_account IS NULL)
        AND (reserved_number_id IS NULL) = (reserved_hour IS NULL)
        AND (reserved_number_id IS NULL) = (reserved_day IS NULL)
        AND (reserved_limits IS NULL OR reserved_number_id IS NOT NULL))
);

-- Where a message stands. Narrow, without an index over anything that moves, and with room on the page: an
-- update writes the row and nothing else. Becomes the table messages.
CREATE TABLE states (
    organization_id     uuid NOT NULL,
    id                  uuid NOT NULL,
    version             bigint NOT NULL CONSTRAINT messages_version_check CHECK (version > 0),
    modified_at         timestamptz NOT NULL,
    -- When somebody must next look at the row; null = never.
    due_at              timestamptz,
    queued_at           timestamptz,
    sending_started_at  timestamptz,
    sent_at             timestamptz,
    delivered_at        timestamptz,
    failed_at           timestamptz,
    undeliverable_at    timestamptz,
    blocked_at          timestamptz,
    canceled_at         timestamptz,
    retry_at            timestamptz,
    unknown_since       timestamptz,
    hold                bigint NOT NULL CONSTRAINT messages_hold_check CHECK (hold >= 0),
    -- The attempts, summed up.
    attempts_last       integer NOT NULL
        CONSTRAINT messages_attempts_last_check CHECK (attempts_last >= 0),
    attempts_counted    integer NOT NULL
        CONSTRAINT messages_attempts_counted_check CHECK (attempts_counted >= 0),
    is_unconfirmed      boolean NOT NULL,
    is_reopened         boolean NOT NULL,
    has_switched_number boolean NOT NULL,
    status              text NOT NULL CONSTRAINT messages_status_check CHECK (status IN
        ('draft', 'scheduled', 'queued', 'sending', 'sent', 'received', 'delivered', 'failed',
         'undeliverable', 'opted_out', 'blocked_compliance', 'blocked_billing',
         'blocked_missing_campaign', 'canceled')),
    billing_status      text,
    provider_message_id text,
    error_code          text,
    error_message       text,
    -- Why it was canceled or a compliance rule refuses it.
    reason              text,
    status_reason       text,
    -- The entries for the history since the message came into the queue: elements of a JSON array, as in
    -- journals. Null once nobody has to look at it.
    journal             text,
    PRIMARY KEY (organization_id, id),
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
        AND (hold = 0 OR status IN ('queued', 'sending'))
        AND (journal IS NULL OR due_at IS NOT NULL)
        AND attempts_counted <= attempts_last),
    CONSTRAINT messages_status CHECK (CASE status
        WHEN 'queued'        THEN queued_at IS NOT NULL
        WHEN 'sending'       THEN sending_started_at IS NOT NULL AND attempts_last > 0
        WHEN 'delivered'     THEN delivered_at IS NOT NULL
        WHEN 'failed'        THEN failed_at IS NOT NULL AND error_code IS NOT NULL
        WHEN 'undeliverable' THEN undeliverable_at IS NOT NULL
        WHEN 'canceled'      THEN canceled_at IS NOT NULL
        WHEN 'draft'         THEN true
        WHEN 'scheduled'     THEN true
        WHEN 'received'      THEN true
        WHEN 'sent'          THEN true
        ELSE blocked_at IS NOT NULL END)
) WITH (fillfactor = 50);

-- The audit: entries that were written together, as a JSON array of arrays of seq, kind, instant, source,
-- reference, details. seq = version of the message that the commit made × 256 + place within the commit;
-- that of the row is the last commit's. The view history shows one row for each entry.
CREATE TABLE journals (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    seq             bigint NOT NULL,
    entries         json NOT NULL,
    PRIMARY KEY (organization_id, message_id, seq)
);
