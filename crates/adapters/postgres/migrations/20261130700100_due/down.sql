ALTER TABLE account_lanes ADD COLUMN tail_at timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE account_lanes ALTER COLUMN tail_at DROP DEFAULT;

UPDATE messages SET due_at = due.due_at FROM due
WHERE messages.organization_id = due.organization_id AND messages.id = due.message_id;

DROP INDEX messages_texts;
CREATE INDEX messages_texts ON messages (organization_id, conversation_id, received_at)
    WHERE status = 'received';
CREATE UNIQUE INDEX messages_received ON messages
    (organization_id, provider_account, provider_message_id) WHERE status = 'received';
DROP INDEX messages_recipient;
CREATE INDEX messages_waiting ON messages USING hash (recipient)
    WHERE status IN ('scheduled', 'queued');
CREATE INDEX messages_queue ON messages (priority, due_at) WHERE due_at IS NOT NULL;

DROP TABLE received_texts;
DROP TABLE due;
