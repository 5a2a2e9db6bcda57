ALTER TABLE phone_numbers DROP COLUMN is_mms_capable;
