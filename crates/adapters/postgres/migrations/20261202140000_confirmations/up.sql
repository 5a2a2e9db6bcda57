-- What the decision rested on that confirmed another when an attempt began: one byte for the format, a digest of the
-- decision's record, the hash of the organization's facts, and the decision's own facts. Attempts of earlier releases
-- have none.
ALTER TABLE attempts ADD COLUMN confirmation bytea;
