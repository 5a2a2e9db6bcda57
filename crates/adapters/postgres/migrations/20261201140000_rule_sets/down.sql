DROP TABLE law_users;
DROP TABLE rule_sets;
