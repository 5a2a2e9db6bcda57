-- The order in which an organization's numbers are listed.
CREATE INDEX phone_numbers_listed ON phone_numbers (organization_id, e164, id);
