DROP INDEX received_attachments_due;
ALTER TABLE received_attachments DROP COLUMN fetch_due_at, DROP COLUMN fetch_tries;
