-- Who put a person on the opt-out list and who released the entry; null = the person or the provider did,
-- or it happened before it was recorded.
ALTER TABLE suppressions
    ADD COLUMN created_by           text,
    ADD COLUMN released_by          text,
    ADD COLUMN release_reason       text,
    -- The business's own name of the person, as it was stated.
    ADD COLUMN recipient_identifier text;
