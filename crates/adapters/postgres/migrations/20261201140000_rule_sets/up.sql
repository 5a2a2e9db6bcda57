-- The tables of the law by which messages were judged, under the hash that each decision records.
CREATE TABLE rule_sets (
    hash      text PRIMARY KEY,
    -- The text of each file, by the file's name.
    files     jsonb NOT NULL,
    stored_at timestamptz NOT NULL
);

-- The processes that judge messages, each by one law, so that no other law is used beside it unnoticed.
CREATE TABLE law_users (
    process       uuid PRIMARY KEY,
    hash          text NOT NULL REFERENCES rule_sets (hash),
    -- Whether it was told to work beside processes with another law.
    is_transition boolean NOT NULL,
    seen_at       timestamptz NOT NULL
);
