-- What an organization knows of a lead beyond what decisions read. Decisions never load it.
CREATE TABLE lead_details (
    organization_id uuid NOT NULL,
    lead_id         uuid NOT NULL,
    -- Each change advances it: a change that read another one is not written.
    version         bigint NOT NULL CHECK (version > 0),
    details         jsonb NOT NULL,
    created_at      timestamptz NOT NULL,
    modified_at     timestamptz,
    PRIMARY KEY (organization_id, lead_id),
    FOREIGN KEY (organization_id, lead_id) REFERENCES leads
);

-- Each time that a lead was brought. Rows are not changed.
CREATE TABLE lead_intakes (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    -- Null: the organization itself brought it.
    source_id       uuid,
    -- The source's own id of the lead.
    own_id          text,
    lead_id         uuid NOT NULL,
    key_id          uuid NOT NULL,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, lead_id) REFERENCES leads,
    FOREIGN KEY (organization_id, source_id) REFERENCES sources
);

-- The same own id again is the same intake.
CREATE UNIQUE INDEX lead_intakes_own_id ON lead_intakes
    (organization_id, coalesce(source_id, '00000000-0000-0000-0000-000000000000'), own_id)
    WHERE own_id IS NOT NULL;

-- When a source first and last brought a lead.
CREATE INDEX lead_intakes_source ON lead_intakes (organization_id, source_id, received_at)
    WHERE source_id IS NOT NULL;
