-- What a campaign may send in a day, over all its numbers.

-- How much of a campaign's day is taken, in segments. Only campaigns with a limit have rows.
CREATE TABLE campaign_counters (
    organization_id uuid NOT NULL,
    campaign_id     uuid NOT NULL,
    day_start       timestamptz NOT NULL,
    used            integer NOT NULL CHECK (used >= 0),
    PRIMARY KEY (organization_id, campaign_id, day_start)
) WITH (fillfactor = 30);

-- The campaign of the number whose capacity the message holds, and its part in it on reserved_day.
ALTER TABLE messages
    ADD COLUMN reserved_campaign_id       uuid,
    ADD COLUMN reserved_campaign_segments integer CHECK (reserved_campaign_segments > 0),
    ADD COLUMN reserved_campaign_limit    integer,
    ADD CONSTRAINT messages_campaign CHECK (
            (reserved_campaign_id IS NULL) = (reserved_campaign_segments IS NULL)
        AND (reserved_campaign_limit IS NULL OR reserved_campaign_id IS NOT NULL));
