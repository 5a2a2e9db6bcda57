DROP INDEX phone_numbers_listed;
