DROP TABLE fact_snapshots;
