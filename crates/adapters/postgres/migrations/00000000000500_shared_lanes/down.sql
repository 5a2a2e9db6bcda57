DROP TABLE account_lanes;
DROP TABLE campaign_lanes;
