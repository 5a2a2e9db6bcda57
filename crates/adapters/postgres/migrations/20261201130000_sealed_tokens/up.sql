-- A token names its attempt and proves that we made it, so that none is written for a new attempt. The hashes in
-- attempt_tokens keep earlier tokens valid until retention removes them. Processes of the release before still
-- write and read token_hash: until a later release drops the column, new attempts have zeros in it.
ALTER TABLE attempts ALTER COLUMN token_hash
    SET DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000';
