-- The transaction by which a decision was written: whoever follows decisions as they are made reads those of the
-- transactions below the oldest running one, and so misses none that is committed late. Rows of before have none, and
-- a later change of the row leaves it. The default is not evaluated for the rows that are there, and processes of the
-- release before write it without knowing it. A BRIN index costs next to nothing where rows are appended.
ALTER TABLE submissions ADD COLUMN decided_in bigint;
ALTER TABLE submissions ALTER COLUMN decided_in SET DEFAULT (pg_current_xact_id()::text)::bigint;
CREATE INDEX submissions_decided_in ON submissions USING brin (decided_in)
    WITH (pages_per_range = 32, autosummarize = on);

ALTER TABLE decisions ADD COLUMN decided_in bigint;
ALTER TABLE decisions ALTER COLUMN decided_in SET DEFAULT (pg_current_xact_id()::text)::bigint;
CREATE INDEX decisions_decided_in ON decisions USING brin (decided_in)
    WITH (pages_per_range = 32, autosummarize = on);

ALTER TABLE attempts ADD COLUMN decided_in bigint;
ALTER TABLE attempts ALTER COLUMN decided_in SET DEFAULT (pg_current_xact_id()::text)::bigint;
CREATE INDEX attempts_decided_in ON attempts USING brin (decided_in)
    WITH (pages_per_range = 32, autosummarize = on);
