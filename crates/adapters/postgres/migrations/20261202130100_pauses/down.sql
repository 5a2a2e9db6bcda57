DROP FUNCTION require_pauses;
DROP FUNCTION pauses_in_force;
DROP INDEX due_paused;
ALTER TABLE due DROP COLUMN is_paused;
DROP TABLE pauses;
