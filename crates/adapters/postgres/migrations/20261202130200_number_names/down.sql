ALTER TABLE phone_numbers DROP COLUMN removed_at;
ALTER TABLE phone_numbers DROP COLUMN modified_at;
ALTER TABLE phone_numbers DROP COLUMN created_at;
ALTER TABLE phone_numbers DROP COLUMN name;
