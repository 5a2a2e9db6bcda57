-- When a wallet was opened; null for one that was opened before and has no entry in the ledger.
ALTER TABLE wallets ADD COLUMN created_at timestamptz;
UPDATE wallets SET created_at =
    (SELECT min(at) FROM ledger WHERE ledger.organization_id = wallets.organization_id);

-- What a payment is called elsewhere: it is booked once.
ALTER TABLE ledger ADD COLUMN reference text;
CREATE UNIQUE INDEX ledger_references ON ledger (organization_id, reference)
    WHERE reference IS NOT NULL;
