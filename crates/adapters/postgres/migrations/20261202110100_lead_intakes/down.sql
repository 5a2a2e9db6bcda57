DROP TABLE lead_intakes;
DROP TABLE lead_details;
