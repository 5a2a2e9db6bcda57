-- A carrier that takes too much at once is sent less for some minutes: slowed_to messages a minute
-- since slowed_at, whatever the usual pace is; null = the usual one. What has no usual pace has a lane
-- only while it is slowed.
ALTER TABLE lanes
    ADD COLUMN slowed_to integer CHECK (slowed_to > 0),
    ADD COLUMN slowed_at timestamptz,
    ADD CHECK ((slowed_to IS NULL) = (slowed_at IS NULL));

ALTER TABLE campaign_lanes
    ADD COLUMN slowed_to integer CHECK (slowed_to > 0),
    ADD COLUMN slowed_at timestamptz,
    ADD CHECK ((slowed_to IS NULL) = (slowed_at IS NULL));
