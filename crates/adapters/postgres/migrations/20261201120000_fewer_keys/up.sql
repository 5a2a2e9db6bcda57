-- A foreign key checks, and locks, a row that the same transaction has just read or written: a conversation
-- whose facts decided the message, a message whose version was checked. None of these rows is ever deleted.
ALTER TABLE messages DROP CONSTRAINT messages_organization_id_conversation_id_fkey;
ALTER TABLE attempts DROP CONSTRAINT attempts_organization_id_message_id_fkey;
ALTER TABLE history DROP CONSTRAINT history_organization_id_message_id_fkey;
ALTER TABLE decisions DROP CONSTRAINT decisions_organization_id_message_id_fkey;

-- The first acceptance of a message updates its conversation: with room on the page it writes no index.
ALTER TABLE conversations SET (fillfactor = 50);
