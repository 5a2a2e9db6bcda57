-- What people call a number, and when it was registered, changed and removed. A removed number stays: messages
-- name it, and texts to it still belong to its organization.
ALTER TABLE phone_numbers ADD COLUMN name text;
ALTER TABLE phone_numbers ADD COLUMN created_at timestamptz;
ALTER TABLE phone_numbers ADD COLUMN modified_at timestamptz;
ALTER TABLE phone_numbers ADD COLUMN removed_at timestamptz;

UPDATE phone_numbers SET created_at = (
    SELECT min(at) FROM audit_log
    WHERE audit_log.organization_id = phone_numbers.organization_id
        AND action = 'number_seeded' AND target = phone_numbers.id::text);
