-- What came of a campaign is counted from its leads and deals.
-- tenon:tolerates 8
CREATE INDEX crm_opportunity_campaign ON crm_opportunity (campaign_id) WHERE campaign_id IS NOT NULL;
