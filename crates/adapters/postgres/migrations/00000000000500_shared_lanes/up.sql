-- The pace of what numbers share, as in lanes: what has no pace has no row.

-- A campaign's pace over all its numbers.
CREATE TABLE campaign_lanes (
    organization_id uuid NOT NULL,
    campaign_id     uuid NOT NULL,
    next_at         timestamptz NOT NULL,
    tail_at         timestamptz NOT NULL,
    per_minute      integer NOT NULL CHECK (per_minute > 0),
    PRIMARY KEY (organization_id, campaign_id)
) WITH (fillfactor = 30);

-- The rate of a provider's account over all organizations.
CREATE TABLE account_lanes (
    provider_account text PRIMARY KEY,
    next_at          timestamptz NOT NULL,
    tail_at          timestamptz NOT NULL,
    per_second       integer NOT NULL CHECK (per_second > 0)
) WITH (fillfactor = 30);

INSERT INTO campaign_lanes (organization_id, campaign_id, next_at, tail_at, per_minute)
SELECT organization_id, id, 'epoch', 'epoch', minute_limit
FROM messaging_campaigns WHERE minute_limit > 0;
