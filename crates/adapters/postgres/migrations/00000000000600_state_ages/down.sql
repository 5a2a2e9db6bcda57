DROP INDEX messages_retrying;
DROP INDEX messages_unknown;
