DROP TABLE opt_ins;

-- One entry of a scope stays: the one that a START does not end.
UPDATE suppressions SET released_at = created_at
WHERE released_at IS NULL AND EXISTS (
    SELECT FROM suppressions AS kept
    WHERE kept.organization_id = suppressions.organization_id AND kept.phone = suppressions.phone
        AND kept.channel = suppressions.channel AND kept.scope = suppressions.scope
        AND kept.scope_id IS NOT DISTINCT FROM suppressions.scope_id
        AND kept.released_at IS NULL
        AND (kept.source NOT IN ('operator', 'import'), kept.id)
            < (suppressions.source NOT IN ('operator', 'import'), suppressions.id));

CREATE UNIQUE INDEX suppressions_active ON suppressions
    (organization_id, phone, channel, scope, coalesce(scope_id, '00000000-0000-0000-0000-000000000000'))
    WHERE released_at IS NULL;
DROP INDEX suppressions_active_by_source;
ALTER TABLE suppressions DROP COLUMN messaging_profile_id, DROP COLUMN provider_account;
