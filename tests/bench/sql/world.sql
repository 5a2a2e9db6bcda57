-- Organizations with numbers, leads, conversations, money and keys. :names are replaced by numbers.
-- Organization number :organizations is the one that is measured alone.

CREATE FUNCTION bench_id(kind integer, n bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('0190' || lpad(to_hex(kind), 4, '0') || '-0000-7000-8000-'
        || lpad(to_hex(n), 12, '0'))::uuid $$;

-- Area codes of Georgia (US), so that all recipients are in one time zone.
CREATE FUNCTION bench_phone(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '+1' || (ARRAY[404, 470, 678, 770, 229, 478, 706, 762, 912, 943])[1 + n / 80000]
        || (3200000 + n % 80000) $$;

-- The organization of a target: the first targets rotate over all organizations, the last belong to a single one.
CREATE FUNCTION bench_owner(n bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n < :shared THEN n % :organizations ELSE :organizations END $$;

INSERT INTO organizations (id, name, kind, rate_per_segment)
SELECT bench_id(1, n), 'Bench ' || n, 'live', 8000 FROM generate_series(0, :organizations) AS n;

INSERT INTO api_keys (hash, id, organization_id, prefix, scopes, kind, created_at, last_used_at)
SELECT sha256(convert_to('lp_live_bench_' || n, 'UTF8')), bench_id(5, n), bench_id(1, n),
    'lp_live_bench', ARRAY['sms:write', 'sms:read'], 'live', timestamptz ':noon', timestamptz ':noon'
FROM generate_series(0, :organizations) AS n;

INSERT INTO phone_numbers (organization_id, id, e164, is_enabled, is_sms_capable, destinations,
    registration, ten_dlc_campaign_id, is_reserved, health, provider_account)
SELECT bench_id(1, n / :numbers), bench_id(2, n), '+1404' || (3300000 + n), true, true,
    ARRAY['US', 'CA'], 'approved', 'CBENCH', false, 'healthy', 'default'
FROM generate_series(0, (:organizations + 1) * :numbers - 1) AS n;

INSERT INTO phone_directory (e164, organization_id, number_id)
SELECT e164, organization_id, id FROM phone_numbers;

INSERT INTO counters (organization_id, number_id, kind, window_start, used)
SELECT organization_id, id, kind, timestamptz ':noon' - back, 0 FROM phone_numbers
    CROSS JOIN (VALUES ('hour', interval '5 minutes'), ('day', interval '9 hours 5 minutes'))
        AS windows (kind, back);

INSERT INTO leads (organization_id, id, phone, state, consent_basis, consent_at, is_archived)
SELECT bench_id(1, bench_owner(n)), bench_id(3, n), bench_phone(n), 'GA', 'express',
    timestamptz ':noon' - interval '10 days', false
FROM generate_series(0, :shared + :alone - 1) AS n;

INSERT INTO conversations (organization_id, id, lead_id)
SELECT bench_id(1, bench_owner(n)), bench_id(4, n), bench_id(3, n)
FROM generate_series(0, :shared + :alone - 1) AS n;

INSERT INTO wallets (organization_id, balance, held)
SELECT bench_id(1, n), 1000000000000, 0 FROM generate_series(0, :organizations) AS n;

INSERT INTO ledger (organization_id, id, kind, amount, at)
SELECT bench_id(1, n), bench_id(7, n), 'top_up', 1000000000000, timestamptz ':noon'
FROM generate_series(0, :organizations) AS n;
