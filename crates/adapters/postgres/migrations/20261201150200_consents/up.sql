-- Records of consent with their proof. A row is not changed, but for its revocation.
CREATE TABLE consents (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    lead_id         uuid NOT NULL,
    basis           text NOT NULL CHECK (basis IN ('inquiry', 'express', 'written')),
    at              timestamptz NOT NULL,
    text_shown      text,
    page_url        text,
    ip_address      text,
    user_agent      text,
    certificate_url text,
    sellers         jsonb NOT NULL,
    recorded_by     text NOT NULL,
    recorded_at     timestamptz NOT NULL,
    revoked_at      timestamptz CHECK (revoked_at >= at),
    revoked_channel text,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, lead_id) REFERENCES leads,
    CHECK ((revoked_at IS NULL) = (revoked_channel IS NULL))
);

CREATE INDEX consents_lead ON consents (organization_id, lead_id);

-- The record behind the lead's consent; null where it was given without one.
ALTER TABLE leads ADD COLUMN consent_id uuid;
