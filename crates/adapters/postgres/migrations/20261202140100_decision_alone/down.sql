DROP FUNCTION decision_alone(bytea);
