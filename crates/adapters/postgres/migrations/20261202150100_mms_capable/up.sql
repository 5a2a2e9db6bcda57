-- Unknown for numbers from before: they send no files until a seed or a registration says that they can.
ALTER TABLE phone_numbers ADD COLUMN is_mms_capable boolean NOT NULL DEFAULT false;
