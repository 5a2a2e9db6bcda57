-- What came with a received text. Most texts have no row, and those that are sent never have one, so
-- that the row of a message does not grow. It is erased with the text.
CREATE TABLE received_attachments (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    subject         text,
    -- A list of objects: url, contentType, size, sha256.
    media           jsonb NOT NULL,
    PRIMARY KEY (organization_id, message_id),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages
);
