ALTER TABLE attempts DROP COLUMN confirmation;
