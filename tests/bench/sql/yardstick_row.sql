-- One message of the yardstick, of another of the conversations: a stored row of November 2026, with
-- another id, in time's order like the product's.
INSERT INTO yardstick.messages (id, body, hold, quote, due_at, reason, status, lead_id, sent_at,
    traffic, version, priority, retry_at, segments, failed_at, is_manual, is_warmup, number_id,
    queued_at, recipient, selection, source_id, blocked_at, compliance, created_at, error_code,
    campaign_id, canceled_at, from_number, is_reopened, modified_at, received_at, delivered_at,
    requested_at, reserved_day, attempts_last, error_message, requested_for, reserved_hour,
    status_reason, unknown_since, billing_status, first_decision, is_unconfirmed, conversation_id,
    organization_id, scheduled_until, attempts_counted, provider_account, scheduled_reason,
    undeliverable_at, claimed_selection, reserved_day_limit, reserved_number_id, sending_started_at,
    has_switched_number, provider_message_id, requested_number_id, reserved_hour_limit,
    ten_dlc_campaign_id, messaging_profile_id, reserved_campaign_id, reserved_campaign_limit,
    reserved_campaign_segments)
SELECT ('01900005-0000-7000-8000-' || lpad(to_hex(nextval('yardstick.rows')), 12, '0'))::uuid,
    'Acme Roofing: thanks for your inquiry, when may we call you? Reply STOP to opt out.',
    '8000', '8000', '2026-03-03T17:05:00.105711+00:00', NULL, 'queued', '01900003-0000-7000-8000-0000000007d0',
    NULL, 'RealLead', '1', '1', NULL, '1', NULL, 'false', 'false',
    '01900002-0000-7000-8000-000000000001', '2026-03-03T17:05:00.105711+00:00', '+14043202000',
    'LocalArea', NULL, NULL, 'allowed', '2026-03-03T17:05:00.105711+00:00', NULL, NULL, NULL,
    '+14043300001', 'false', '2026-03-03T17:05:00.105711+00:00', NULL, NULL,
    '2026-03-03T17:05:00.105711+00:00', '2026-03-03T08:00:00+00:00', '0', NULL, NULL,
    '2026-03-03T17:00:00+00:00', NULL, NULL, 'recorded',
    E'\\x02d80500000f0204086f3130353731310204a7436f776e5f0e0207c3020f18045a09fb03b85f696e636f6d706c657465db020924000164030f1f0412004104506e64696e677305d12254686973206973207468652051001320700431206f66150017634806512c20616e641600f00c73656e6465722773206e616d652c205c2242656e636820305c222c4e00f7016e6f776865726520696e2069742e225d47010f9304fb113901002f2e32970419011104011e040fff03030f9704370f6a000d203022d9010497040f2e000d0ac5040f2e000d1f335c001a1f342e001a1f352e001a1f362e001a1f372e001a1f382e001a1f39d9051aff0137353033656662306237396462633665d9050d606e74223a397d',
    'false', ('01900004-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    ('01900001-0000-7000-8000-' || lpad(to_hex(n % :organizations), 12, '0'))::uuid, NULL, '0',
    'default', NULL, NULL, NULL, NULL, '01900002-0000-7000-8000-000000000001', NULL, 'false', NULL,
    NULL, NULL, 'CBENCH', NULL, NULL, NULL, NULL
FROM (SELECT floor(random() * :shared)::bigint AS n) AS drawn
