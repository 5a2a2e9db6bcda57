-- Everything that the product stores.
--
-- * Primary keys begin with the organization, so that the tables can be distributed by it. Only
--   api_keys, phone_directory, provider_events and attempt_tokens are looked up before the
--   organization is known.
-- * Foreign keys join an organization's own rows and are composite. None leads to organizations or
--   phone_numbers: a key check locks the parent's row, and these are shared by all of an
--   organization's messages. Neither is ever deleted.
-- * Instants come from the application. Nothing here calls now().
-- * Money is in millionths of a US dollar. Names of enums are the domain's wire names.

------------------------------------------------------------------------------ organizations and keys

CREATE TABLE organizations (
    id                   uuid PRIMARY KEY,
    name                 text NOT NULL,
    kind                 text NOT NULL CHECK (kind IN ('live', 'sandbox')),
    -- What differs from the default policy.
    policy               jsonb NOT NULL DEFAULT '{}',
    policy_version       bigint NOT NULL DEFAULT 1,
    default_number_id    uuid,
    preferred_number_ids uuid[] NOT NULL DEFAULT '{}',
    rate_per_segment     bigint NOT NULL CHECK (rate_per_segment >= 0)
);

CREATE TABLE api_keys (
    -- SHA-256 of the secret.
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),
    id              uuid NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    prefix          text NOT NULL,
    scopes          text[] NOT NULL,
    -- The published contract that the key is pinned to: 1 = numbers as JSON strings.
    contract        smallint NOT NULL DEFAULT 1,
    kind            text NOT NULL CHECK (kind IN ('live', 'test')),
    expires_at      timestamptz,
    revoked_at      timestamptz,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz
);

CREATE INDEX api_keys_organization ON api_keys (organization_id, created_at);

------------------------------------------------------------------------------ numbers and their routing

CREATE TABLE messaging_campaigns (
    organization_id     uuid NOT NULL,
    id                  uuid NOT NULL,
    name                text NOT NULL,
    -- The carriers' ids of the 10DLC brand and campaign.
    brand_id            text,
    ten_dlc_campaign_id text,
    registration        text NOT NULL CHECK (registration IN
        ('approved', 'pending', 'rejected', 'missing', 'stale', 'not_required')),
    minute_limit        integer CHECK (minute_limit >= 0),
    daily_limit         integer CHECK (daily_limit >= 0),
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE sources (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    name            text NOT NULL,
    -- Its leads were imported, not received as inquiries.
    is_imported     boolean NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE phone_numbers (
    organization_id      uuid NOT NULL,
    id                   uuid NOT NULL,
    e164                 text NOT NULL,
    is_enabled           boolean NOT NULL,
    is_sms_capable       boolean NOT NULL,
    -- ISO 3166-1 alpha-2.
    destinations         text[] NOT NULL,
    registration         text NOT NULL CHECK (registration IN
        ('approved', 'pending', 'rejected', 'missing', 'stale', 'not_required')),
    ten_dlc_campaign_id  text,
    campaign_id          uuid,
    source_id            uuid,
    owner_id             uuid,
    is_reserved          boolean NOT NULL,
    health               text NOT NULL CHECK (health IN
        ('unknown', 'new', 'healthy', 'warmup', 'limited', 'cooling_down', 'suspended', 'disabled')),
    cooling_until        timestamptz,
    hourly_limit         integer CHECK (hourly_limit >= 0),
    daily_limit          integer CHECK (daily_limit >= 0),
    minute_limit         integer CHECK (minute_limit >= 0),
    warm_up_started_on   date,
    provider_account     text NOT NULL,
    messaging_profile_id text,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, campaign_id) REFERENCES messaging_campaigns,
    FOREIGN KEY (organization_id, source_id) REFERENCES sources
);

-- Leads an inbound text to its organization. A number belongs to one organization.
CREATE TABLE phone_directory (
    e164            text PRIMARY KEY,
    organization_id uuid NOT NULL,
    number_id       uuid NOT NULL
);

-- How much of a number's hour or day is taken.
CREATE TABLE counters (
    organization_id uuid NOT NULL,
    number_id       uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('hour', 'day')),
    window_start    timestamptz NOT NULL,
    used            integer NOT NULL CHECK (used >= 0),
    -- When capacity was last taken.
    last_taken_at   timestamptz,
    PRIMARY KEY (organization_id, number_id, kind, window_start)
) WITH (fillfactor = 30);

-- The pace of one number of one provider account, over all workers; numbers without a pace have no
-- row. Messages leave from next_at on; bulk messages that must wait queue up at tail_at.
CREATE TABLE lanes (
    provider_account text NOT NULL,
    number_id        uuid NOT NULL,
    next_at          timestamptz NOT NULL,
    tail_at          timestamptz NOT NULL,
    per_minute       integer NOT NULL CHECK (per_minute > 0),
    PRIMARY KEY (provider_account, number_id)
) WITH (fillfactor = 30);

------------------------------------------------------------------------------ people and threads

CREATE TABLE leads (
    organization_id    uuid NOT NULL,
    id                 uuid NOT NULL,
    phone              text NOT NULL,
    -- As the lead stated them.
    state              text,
    postal_code        text,
    consent_basis      text CHECK (consent_basis IN ('inquiry', 'express', 'written')),
    consent_at         timestamptz,
    assigned_number_id uuid,
    owner_id           uuid,
    source_id          uuid,
    campaign_id        uuid,
    is_archived        boolean NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, source_id) REFERENCES sources,
    FOREIGN KEY (organization_id, campaign_id) REFERENCES messaging_campaigns,
    CHECK ((consent_basis IS NULL) = (consent_at IS NULL))
);

CREATE INDEX leads_phone ON leads (organization_id, phone);

CREATE TABLE conversations (
    organization_id       uuid NOT NULL,
    id                    uuid NOT NULL,
    lead_id               uuid NOT NULL,
    active_number_id      uuid,
    -- A later change of the active number wins.
    active_since          timestamptz,
    override_number_id    uuid,
    last_inbound_at       timestamptz,
    awaits_opt_out_review boolean NOT NULL DEFAULT false,
    -- First acceptance of a message in it.
    first_sent_at         timestamptz,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, lead_id),
    FOREIGN KEY (organization_id, lead_id) REFERENCES leads,
    CHECK ((active_number_id IS NULL) = (active_since IS NULL))
) WITH (fillfactor = 70);

-- One person's number for one organization. Whoever queues, claims or resends a message, or records
-- an opt-out, advances the version: that orders these against each other.
CREATE TABLE recipients (
    organization_id uuid NOT NULL,
    phone           text NOT NULL,
    version         bigint NOT NULL CHECK (version > 0),
    -- What counts towards caps: four arrays of one length, one element per message.
    recent_ids      uuid[] NOT NULL,
    recent_at       timestamptz[] NOT NULL,
    recent_hash     bigint[] NOT NULL,
    recent_counted  boolean[] NOT NULL,
    PRIMARY KEY (organization_id, phone),
    CHECK (cardinality(recent_at) = cardinality(recent_ids)
       AND cardinality(recent_hash) = cardinality(recent_ids)
       AND cardinality(recent_counted) = cardinality(recent_ids))
) WITH (fillfactor = 70);

-- The opt-out list. Entries are released, never deleted.
CREATE TABLE suppressions (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    phone           text NOT NULL,
    channel         text NOT NULL CHECK (channel IN ('sms', 'all')),
    scope           text NOT NULL CHECK (scope IN ('organization', 'campaign', 'number')),
    -- The campaign or the number.
    scope_id        uuid,
    source          text NOT NULL CHECK (source IN ('inbound', 'provider', 'operator', 'import')),
    reason          text,
    created_at      timestamptz NOT NULL,
    released_at     timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK ((scope = 'organization') = (scope_id IS NULL))
);

CREATE UNIQUE INDEX suppressions_active ON suppressions
    (organization_id, phone, channel, scope, coalesce(scope_id, '00000000-0000-0000-0000-000000000000'))
    WHERE released_at IS NULL;

------------------------------------------------------------------------------ messages

CREATE TABLE messages (
    organization_id      uuid NOT NULL,
    id                   uuid NOT NULL,
    version              bigint NOT NULL CHECK (version > 0),
    -- What was asked for.
    conversation_id      uuid NOT NULL,
    lead_id              uuid NOT NULL,
    recipient            text NOT NULL,
    body                 text NOT NULL,
    segments             integer NOT NULL CHECK (segments > 0),
    campaign_id          uuid,
    source_id            uuid,
    requested_number_id  uuid,
    is_manual            boolean NOT NULL,
    claimed_selection    text,
    requested_for        timestamptz,
    traffic              text NOT NULL,
    -- 0 system, 1 immediate, 2 bulk: what leaves first.
    priority             smallint NOT NULL CHECK (priority BETWEEN 0 AND 2),
    requested_at         timestamptz NOT NULL,
    -- Where it stands.
    status               text NOT NULL CHECK (status IN
        ('draft', 'scheduled', 'queued', 'sending', 'sent', 'received', 'delivered', 'failed',
         'undeliverable', 'opted_out', 'blocked_compliance', 'blocked_billing',
         'blocked_missing_campaign', 'canceled')),
    retry_at             timestamptz,
    unknown_since        timestamptz,
    is_unconfirmed       boolean NOT NULL,
    error_code           text,
    error_message        text,
    -- Why it was canceled or a compliance rule refuses it.
    reason               text,
    status_reason        text,
    compliance           text,
    -- The instants.
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
    -- The way out. Account and number together are its lane.
    number_id            uuid,
    from_number          text,
    selection            text,
    ten_dlc_campaign_id  text,
    is_warmup            boolean NOT NULL,
    provider_account     text,
    messaging_profile_id text,
    provider_message_id  text,
    -- Money.
    quote                bigint CHECK (quote >= 0),
    hold                 bigint NOT NULL CHECK (hold >= 0),
    billing_status       text,
    -- The attempts, summed up.
    attempts_last        integer NOT NULL CHECK (attempts_last >= 0),
    attempts_counted     integer NOT NULL CHECK (attempts_counted >= 0),
    is_reopened          boolean NOT NULL,
    has_switched_number  boolean NOT NULL,
    -- The capacity it holds or used.
    reserved_number_id   uuid,
    reserved_hour        timestamptz,
    reserved_hour_limit  integer,
    reserved_day         timestamptz,
    reserved_day_limit   integer,
    -- When somebody must next look at the row; null = never.
    due_at               timestamptz,
    -- The decision that made the row, JSON compressed by LZ4; later ones are in decisions.
    first_decision       bytea,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations,
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

-- The queue. A claim reads one priority after the other, each in the order of its due times.
CREATE INDEX messages_queue ON messages (priority, due_at) WHERE due_at IS NOT NULL;

-- A lead's text is stored once.
CREATE UNIQUE INDEX messages_received ON messages
    (organization_id, provider_account, provider_message_id) WHERE status = 'received';

CREATE TABLE attempts (
    organization_id     uuid NOT NULL,
    message_id          uuid NOT NULL,
    number              integer NOT NULL CHECK (number > 0),
    token_hash          bytea NOT NULL CHECK (length(token_hash) = 32),
    idempotency_key     text NOT NULL,
    provider_account    text NOT NULL,
    started_at          timestamptz NOT NULL,
    calls               integer NOT NULL CHECK (calls > 0),
    is_void             boolean NOT NULL,
    -- The bytes of the request, until the outcome is known.
    request             bytea,
    -- The merged evidence; null = none yet.
    evidence            jsonb,
    -- The provider's id within the evidence.
    provider_message_id text,
    money               text NOT NULL CHECK (money IN ('none', 'charged', 'refunded', 'recharged')),
    PRIMARY KEY (organization_id, message_id, number),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages
) WITH (fillfactor = 70);

-- For receipts that come without a token. A hash index: four bytes a row instead of the whole text.
CREATE INDEX attempts_provider_message ON attempts USING hash (provider_message_id)
    WHERE provider_message_id IS NOT NULL;

-- Leads a webhook to its attempt.
CREATE TABLE attempt_tokens (
    hash            bytea PRIMARY KEY CHECK (length(hash) = 32),
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    number          integer NOT NULL
);

-- The audit. seq = version of the message that the commit made × 256 + place within the commit.
CREATE TABLE history (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    seq             bigint NOT NULL,
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    source          text NOT NULL,
    reference       text,
    details         json,
    PRIMARY KEY (organization_id, message_id, seq),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages
);

-- Decisions after the first. seq as in history.
CREATE TABLE decisions (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    seq             bigint NOT NULL,
    record          bytea NOT NULL,
    PRIMARY KEY (organization_id, message_id, seq),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages
);

CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL,
    key             text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    message_id      uuid NOT NULL,
    request_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, key)
);

-- What the provider told us, as received.
CREATE TABLE provider_events (
    provider_account    text NOT NULL,
    event_id            text NOT NULL,
    event_type          text NOT NULL,
    occurred_at         timestamptz NOT NULL,
    received_at         timestamptz NOT NULL,
    provider_message_id text,
    -- The message it belongs to, once known.
    organization_id     uuid,
    message_id          uuid,
    payload             bytea NOT NULL,
    PRIMARY KEY (provider_account, event_id),
    CHECK ((organization_id IS NULL) = (message_id IS NULL))
);

CREATE INDEX provider_events_unmatched ON provider_events (received_at, provider_account, event_id)
    WHERE message_id IS NULL;

------------------------------------------------------------------------------ money

CREATE TABLE wallets (
    organization_id uuid PRIMARY KEY,
    -- The sum of the ledger. Below zero only by credit or by a charge that came after a refund.
    balance         bigint NOT NULL,
    -- Set aside for messages under way.
    held            bigint NOT NULL CHECK (held >= 0)
) WITH (fillfactor = 30);

CREATE TABLE ledger (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    -- The attempt that moved the money; null for top-ups and adjustments.
    message_id      uuid,
    attempt         integer,
    kind            text NOT NULL CHECK (kind IN
        ('top_up', 'charge', 'refund', 'recharge', 'adjustment')),
    amount          bigint NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, message_id, attempt, kind),
    CHECK ((message_id IS NULL) = (attempt IS NULL)),
    CHECK ((message_id IS NULL) = (kind IN ('top_up', 'adjustment')))
);

------------------------------------------------------------------------------ a guard for writes

-- Aborts the transaction when a write touched another number of rows than it must. Writes and their
-- COMMIT travel together, so that the application could only complain afterwards.
CREATE FUNCTION must_be(actual bigint, expected bigint) RETURNS bigint
    LANGUAGE plpgsql AS $$
BEGIN
    IF actual <> expected THEN
        RAISE EXCEPTION 'a write touched % rows instead of %', actual, expected
            USING ERRCODE = 'cardinality_violation';
    END IF;
    RETURN actual;
END $$;
