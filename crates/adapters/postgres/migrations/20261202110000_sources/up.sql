-- What people may set of a source of leads, and the keys that are limited to one.
ALTER TABLE sources
    ADD COLUMN description          text,
    ADD COLUMN is_enabled           boolean NOT NULL DEFAULT true,
    -- In millionths of a US dollar.
    ADD COLUMN cost_per_lead        bigint CHECK (cost_per_lead >= 0),
    -- Two-letter codes; empty = all.
    ADD COLUMN allowed_states       text[] NOT NULL DEFAULT '{}',
    ADD COLUMN allowed_products     text[] NOT NULL DEFAULT '{}',
    ADD COLUMN requires_certificate boolean NOT NULL DEFAULT false,
    ADD COLUMN default_tags         text[] NOT NULL DEFAULT '{}',
    -- Null in sources that were made before it was recorded.
    ADD COLUMN created_at           timestamptz,
    ADD COLUMN modified_at          timestamptz,
    -- A deleted source stays for what refers to it.
    ADD COLUMN deleted_at           timestamptz;

-- The source that a key is limited to.
ALTER TABLE api_keys
    ADD COLUMN source_id uuid,
    ADD FOREIGN KEY (organization_id, source_id) REFERENCES sources;

CREATE INDEX api_keys_source ON api_keys (organization_id, source_id, created_at)
    WHERE source_id IS NOT NULL;
