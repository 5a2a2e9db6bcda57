ALTER TABLE conversations SET (fillfactor = 70);
ALTER TABLE decisions ADD FOREIGN KEY (organization_id, message_id) REFERENCES messages;
ALTER TABLE history ADD FOREIGN KEY (organization_id, message_id) REFERENCES messages;
ALTER TABLE attempts ADD FOREIGN KEY (organization_id, message_id) REFERENCES messages;
ALTER TABLE messages ADD FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations;
