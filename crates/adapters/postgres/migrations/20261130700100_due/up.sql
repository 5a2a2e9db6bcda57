-- The queue apart from the messages: a narrow row that moves, so that moving it rewrites no message,
-- and updates of a message write no index.

CREATE TABLE due (
    organization_id  uuid NOT NULL,
    message_id       uuid NOT NULL,
    priority         smallint NOT NULL CHECK (priority BETWEEN 0 AND 2),
    -- Empty while no number is chosen.
    provider_account text NOT NULL,
    -- When the row must next be looked at; later than the message's own due time while a worker has
    -- it or a lane keeps it waiting.
    due_at           timestamptz NOT NULL,
    -- Whether a claim may take it. Rows that come due later are made ready by claims.
    is_ready         boolean NOT NULL,
    recipient        text NOT NULL,
    -- The lanes of a queued message; null in every other state.
    number_id        uuid,
    campaign_id      uuid,
    PRIMARY KEY (organization_id, message_id)
) WITH (
    fillfactor = 50,
    -- Every message makes a few dead rows here: without vacuum the heads of the indexes fill with them.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

INSERT INTO due (organization_id, message_id, priority, provider_account, due_at, is_ready,
    recipient, number_id, campaign_id)
SELECT organization_id, id, priority, coalesce(provider_account, ''), due_at, false, recipient,
    CASE status WHEN 'queued' THEN number_id END,
    CASE status WHEN 'queued' THEN reserved_campaign_id END
FROM messages WHERE due_at IS NOT NULL;

-- A claim goes through the organizations of an account in turn.
CREATE INDEX due_ready ON due (priority, provider_account, organization_id, due_at) WHERE is_ready;
CREATE INDEX due_later ON due (due_at) WHERE NOT is_ready;

DROP INDEX messages_queue;

-- An opt-out stops what waits for its person. Over all messages: a row of the queue moves several times and
-- would write the index each time, a message writes it once.
DROP INDEX messages_waiting;
CREATE INDEX messages_recipient ON messages USING hash (recipient);

-- A lead's text is stored once. Apart from the messages, whose provider's id changes when they leave:
-- an index over it would be written with every update of a message.
CREATE TABLE received_texts (
    organization_id     uuid NOT NULL,
    provider_account    text NOT NULL,
    provider_message_id text NOT NULL,
    message_id          uuid NOT NULL,
    PRIMARY KEY (organization_id, provider_account, provider_message_id)
);

INSERT INTO received_texts (organization_id, provider_account, provider_message_id, message_id)
SELECT organization_id, provider_account, provider_message_id, id FROM messages
WHERE status = 'received' AND provider_account IS NOT NULL AND provider_message_id IS NOT NULL;

DROP INDEX messages_received;

DROP INDEX messages_texts;
CREATE INDEX messages_texts ON messages (organization_id, conversation_id, received_at)
    WHERE received_at IS NOT NULL;

-- No organization queues up in an account's lane before another.
ALTER TABLE account_lanes DROP COLUMN tail_at;
