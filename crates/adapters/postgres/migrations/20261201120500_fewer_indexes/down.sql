ALTER TABLE messages SET (fillfactor = 50);
ALTER TABLE ledger ADD UNIQUE (organization_id, message_id, attempt, kind);
