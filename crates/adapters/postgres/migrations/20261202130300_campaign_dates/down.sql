ALTER TABLE messaging_campaigns DROP COLUMN modified_at;
ALTER TABLE messaging_campaigns DROP COLUMN created_at;
