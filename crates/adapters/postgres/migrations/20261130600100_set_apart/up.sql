-- Whether the numbers of an account are set apart: those of the simulator in a live organization, so
-- that nothing that happens on them changes what real people get. The domain says the same; a test of
-- the ports keeps the two together.
CREATE FUNCTION is_set_apart(organization uuid, account text) RETURNS boolean
    LANGUAGE sql STABLE AS $$
SELECT coalesce(account = 'simulator', false) AND EXISTS (
    SELECT FROM organizations WHERE id = organization AND kind = 'live')
$$;

-- An opt-in by a text to such a number is for that number alone: its row names the number and no
-- account. So is what was said before.
INSERT INTO opt_ins
    (organization_id, phone, number_id, provider_account, messaging_profile_id, at)
SELECT organization_id, phone, number_id, '', '', max(at)
FROM opt_ins
WHERE is_set_apart(organization_id, provider_account)
GROUP BY organization_id, phone, number_id;

DELETE FROM opt_ins WHERE is_set_apart(organization_id, provider_account);
