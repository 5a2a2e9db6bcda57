ALTER TABLE messages
    DROP CONSTRAINT messages_campaign,
    DROP COLUMN reserved_campaign_limit,
    DROP COLUMN reserved_campaign_segments,
    DROP COLUMN reserved_campaign_id;
DROP TABLE campaign_counters;
