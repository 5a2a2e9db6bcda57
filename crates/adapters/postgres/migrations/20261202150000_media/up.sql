-- Files of organizations: uploads, kept until an instant, and files of received messages, kept as long as the text.
CREATE TABLE media (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id              uuid NOT NULL,
    -- The received message that it came with; null for an upload.
    message_id      uuid,
    content_type    text NOT NULL,
    file_name       text,
    sha256          bytea NOT NULL CHECK (length(sha256) = 32),
    size            integer NOT NULL CHECK (size > 0),
    content         bytea NOT NULL,
    created_at      timestamptz NOT NULL,
    kept_until      timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK ((message_id IS NULL) = (kept_until IS NOT NULL)),
    CHECK (length(content) = size)
);

-- Files are compressed already.
ALTER TABLE media ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE INDEX media_of_messages ON media (organization_id, message_id) WHERE message_id IS NOT NULL;
