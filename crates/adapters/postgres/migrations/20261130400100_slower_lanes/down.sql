DELETE FROM lanes USING phone_numbers AS number
WHERE number.id = lanes.number_id AND number.provider_account = lanes.provider_account
    AND number.minute_limit IS NULL;
DELETE FROM campaign_lanes USING messaging_campaigns AS campaign
WHERE campaign.organization_id = campaign_lanes.organization_id
    AND campaign.id = campaign_lanes.campaign_id AND campaign.minute_limit IS NULL;
ALTER TABLE campaign_lanes DROP COLUMN slowed_at, DROP COLUMN slowed_to;
ALTER TABLE lanes DROP COLUMN slowed_at, DROP COLUMN slowed_to;
