ALTER TABLE api_keys DROP COLUMN source_id;
ALTER TABLE sources
    DROP COLUMN description,
    DROP COLUMN is_enabled,
    DROP COLUMN cost_per_lead,
    DROP COLUMN allowed_states,
    DROP COLUMN allowed_products,
    DROP COLUMN requires_certificate,
    DROP COLUMN default_tags,
    DROP COLUMN created_at,
    DROP COLUMN modified_at,
    DROP COLUMN deleted_at;
