-- The messages that stand still though nobody has to look at them right now. Both indexes are empty
-- while all goes well, so that the path of a message does not pay for them.
CREATE INDEX messages_unknown ON messages (unknown_since) WHERE unknown_since IS NOT NULL;
CREATE INDEX messages_retrying ON messages (queued_at) WHERE retry_at IS NOT NULL;
