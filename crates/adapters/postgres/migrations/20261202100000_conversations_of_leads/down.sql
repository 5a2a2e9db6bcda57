DROP INDEX conversations_lead;
