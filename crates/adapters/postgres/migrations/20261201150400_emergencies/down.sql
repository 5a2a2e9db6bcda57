DROP FUNCTION require_emergencies(bigint);
DROP FUNCTION emergencies_in_force();
DROP TABLE emergency_versions;
DROP TABLE emergencies;
