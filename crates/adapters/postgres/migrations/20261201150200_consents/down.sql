ALTER TABLE leads DROP COLUMN consent_id;

DROP TABLE consents;
