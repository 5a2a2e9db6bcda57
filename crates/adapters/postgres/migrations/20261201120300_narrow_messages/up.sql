DROP TABLE history;
ALTER TABLE received_attachments DROP CONSTRAINT received_attachments_organization_id_message_id_fkey;
DROP TABLE messages;
ALTER TABLE states RENAME TO messages;
ALTER TABLE messages RENAME CONSTRAINT states_pkey TO messages_pkey;
ALTER TABLE received_attachments ADD FOREIGN KEY (organization_id, message_id) REFERENCES messages;

-- An opt-out stops what waits for its person.
CREATE INDEX submissions_recipient ON submissions USING hash (recipient);

-- What a person wrote last.
CREATE INDEX submissions_texts ON submissions (organization_id, conversation_id, received_at)
    WHERE received_at IS NOT NULL;

-- What stands still though nobody has to look at it right now. Empty while all goes well.
CREATE INDEX messages_unknown ON messages (unknown_since) WHERE unknown_since IS NOT NULL;
CREATE INDEX messages_retrying ON messages (queued_at) WHERE retry_at IS NOT NULL;

CREATE VIEW history AS
SELECT organization_id, message_id, (entry ->> 0)::bigint AS seq, entry ->> 1 AS kind,
    (entry ->> 2)::timestamptz AS at, entry ->> 3 AS source, entry ->> 4 AS reference,
    nullif(entry ->> 5, '')::json AS details
FROM (
    SELECT organization_id, message_id, json_array_elements(entries) AS entry FROM journals
    UNION ALL
    SELECT organization_id, id, json_array_elements(('[' || journal || ']')::json) FROM messages
    WHERE journal IS NOT NULL) AS entries;
