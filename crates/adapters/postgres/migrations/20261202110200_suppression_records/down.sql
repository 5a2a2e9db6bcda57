ALTER TABLE suppressions
    DROP COLUMN created_by,
    DROP COLUMN released_by,
    DROP COLUMN release_reason,
    DROP COLUMN recipient_identifier;
