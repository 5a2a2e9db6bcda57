ALTER TABLE submissions DROP COLUMN decided_in;
ALTER TABLE decisions DROP COLUMN decided_in;
ALTER TABLE attempts DROP COLUMN decided_in;
