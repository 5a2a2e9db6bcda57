-- Only what is not compressed can be read here; anything else stops the migration.
ALTER TABLE attempts ALTER COLUMN evidence TYPE jsonb
    USING convert_from(substr(evidence, 2), 'UTF8')::jsonb;
