DROP TABLE health_changes;
DROP TABLE number_troubles;
DROP INDEX phone_numbers_profile;
DROP INDEX conversations_reviews;
DROP INDEX messages_texts;
DROP INDEX messages_waiting;
DROP INDEX suppressions_released;
ALTER TABLE suppressions DROP COLUMN renewed_at;
