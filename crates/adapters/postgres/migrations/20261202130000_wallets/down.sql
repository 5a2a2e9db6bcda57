DROP INDEX ledger_references;
ALTER TABLE ledger DROP COLUMN reference;
ALTER TABLE wallets DROP COLUMN created_at;
