-- What people call the lead; null where nobody said.
ALTER TABLE leads ADD COLUMN name text;
