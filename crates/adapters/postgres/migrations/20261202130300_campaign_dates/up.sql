-- When a campaign was made, and when a person last changed it.
ALTER TABLE messaging_campaigns ADD COLUMN created_at timestamptz;
ALTER TABLE messaging_campaigns ADD COLUMN modified_at timestamptz;

UPDATE messaging_campaigns SET created_at = (
    SELECT min(at) FROM audit_log
    WHERE audit_log.organization_id = messaging_campaigns.organization_id
        AND action = 'campaign_seeded' AND target = messaging_campaigns.id::text);
