-- Each source's entry of the opt-out list stands by itself, and an opt-in is recorded whether it ends
-- anything or not: what was said before it may arrive later.

-- The provider's profile on which an opt-out lies that the provider enforces; null in other entries,
-- and in those made before it was recorded.
ALTER TABLE suppressions
    ADD COLUMN provider_account     text,
    ADD COLUMN messaging_profile_id text;

CREATE UNIQUE INDEX suppressions_active_by_source ON suppressions
    (organization_id, phone, channel, scope,
     coalesce(scope_id, '00000000-0000-0000-0000-000000000000'), source,
     coalesce(provider_account, ''), coalesce(messaging_profile_id, ''))
    WHERE released_at IS NULL;

-- It allowed one entry of a scope, whoever brought it.
DROP INDEX suppressions_active;

-- When a person last opted in: by a text to a number of ours under a profile, or in another way for
-- everything (the nil number).
CREATE TABLE opt_ins (
    organization_id      uuid NOT NULL,
    phone                text NOT NULL,
    number_id            uuid NOT NULL,
    -- Empty where it is not known.
    provider_account     text NOT NULL,
    messaging_profile_id text NOT NULL,
    at                   timestamptz NOT NULL,
    PRIMARY KEY (organization_id, phone, number_id, provider_account, messaging_profile_id)
);

-- Until now the release of an entry that closed everything overtook every earlier word.
INSERT INTO opt_ins
    (organization_id, phone, number_id, provider_account, messaging_profile_id, at)
SELECT organization_id, phone, '00000000-0000-0000-0000-000000000000', '', '', max(released_at)
FROM suppressions
WHERE released_at IS NOT NULL AND scope = 'organization'
GROUP BY organization_id, phone;
