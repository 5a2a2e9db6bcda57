-- The list of entries in the order in which they were made, and all entries of one person.
CREATE INDEX suppressions_listed ON suppressions (organization_id, created_at, id);
CREATE INDEX suppressions_person ON suppressions (organization_id, phone);
