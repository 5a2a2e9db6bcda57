ALTER TABLE leads DROP COLUMN last_purchase_at;

DROP TABLE reassigned;
DROP TABLE national_dnc;
DROP TABLE scrub_lists;
DROP SEQUENCE scrub_generations;
