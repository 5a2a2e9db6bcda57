-- When the files of a received message are read next; null when nothing is left to read. A lease moves it ahead.
ALTER TABLE received_attachments
    ADD COLUMN fetch_due_at timestamptz,
    ADD COLUMN fetch_tries smallint NOT NULL DEFAULT 0;

CREATE INDEX received_attachments_due ON received_attachments (fetch_due_at) WHERE fetch_due_at IS NOT NULL;
