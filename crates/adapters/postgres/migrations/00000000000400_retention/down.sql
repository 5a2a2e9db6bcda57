ALTER TABLE messages DROP CONSTRAINT messages_erased;
UPDATE messages SET body = '' WHERE body IS NULL;
ALTER TABLE messages ALTER COLUMN body SET NOT NULL;
