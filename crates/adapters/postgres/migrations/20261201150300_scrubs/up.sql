-- The national do-not-call list, as each organization imported it: a bit for each line of an exchange. An
-- import writes under a generation of its own, and its last step makes that the one in force.
CREATE SEQUENCE scrub_generations;

CREATE TABLE scrub_lists (
    organization_id uuid PRIMARY KEY,
    generation      bigint NOT NULL,
    as_of           date NOT NULL,
    numbers         bigint NOT NULL,
    imported_at     timestamptz NOT NULL
);

CREATE TABLE national_dnc (
    organization_id uuid NOT NULL,
    generation      bigint NOT NULL,
    exchange        integer NOT NULL,
    listed          bytea NOT NULL CHECK (length(listed) = 1250),
    PRIMARY KEY (organization_id, generation, exchange)
);

-- Answers of the database of reassigned numbers.
CREATE TABLE reassigned (
    organization_id uuid NOT NULL,
    phone           text NOT NULL,
    consent_on      date NOT NULL,
    asked_on        date NOT NULL,
    answer          text NOT NULL CHECK (answer IN ('yes', 'no', 'no_data')),
    PRIMARY KEY (organization_id, phone, consent_on)
);

ALTER TABLE leads ADD COLUMN last_purchase_at timestamptz;
