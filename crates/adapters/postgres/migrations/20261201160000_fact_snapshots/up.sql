-- The facts about an organization that decisions rest on and that change seldom: one row for all decisions
-- that share them, found by the SHA-256 of its JSON (compressed with LZ4). Each is stored with the first
-- decision that rests on it, and never changes.
CREATE TABLE fact_snapshots (
    organization_id uuid NOT NULL,
    hash            bytea NOT NULL CHECK (length(hash) = 32),
    facts           bytea NOT NULL,
    PRIMARY KEY (organization_id, hash)
);
