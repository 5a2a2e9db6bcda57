-- The id of an attempt's booking follows from the message, the attempt and the kind, so that the primary key
-- admits each booking once.
ALTER TABLE ledger DROP CONSTRAINT ledger_organization_id_message_id_attempt_kind_key;

-- The row grows while the entries of its history wait on it, and rows that were accepted together leave together:
-- a page has room for two more versions of all of its rows.
ALTER TABLE messages SET (fillfactor = 30);
