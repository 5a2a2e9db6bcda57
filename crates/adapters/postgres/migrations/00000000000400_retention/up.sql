-- A message outlives its text: null = erased. What may still leave has its text.
ALTER TABLE messages
    ALTER COLUMN body DROP NOT NULL,
    ADD CONSTRAINT messages_erased CHECK (
        body IS NOT NULL OR status NOT IN ('draft', 'scheduled', 'queued', 'sending'));
