DROP TABLE journals;
DROP TABLE states;
DROP TABLE submissions;
