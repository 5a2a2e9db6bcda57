-- Receipts of attempts with zeros find them by the provider's id.
ALTER TABLE attempts ALTER COLUMN token_hash DROP DEFAULT;
