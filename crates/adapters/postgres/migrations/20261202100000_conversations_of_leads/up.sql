-- The conversations with a lead. Only a new conversation writes it: no update of one changes its lead.
CREATE INDEX conversations_lead ON conversations (organization_id, lead_id);
