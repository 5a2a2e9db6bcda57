DROP INDEX suppressions_person;
DROP INDEX suppressions_listed;
