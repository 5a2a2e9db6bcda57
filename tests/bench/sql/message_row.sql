-- Generates the statement that inserts one message as the product stores it on accept: a copy of a stored row with
-- a new time-ordered id, like the product's, and a different conversation.
SELECT format(
    'INSERT INTO messages (%s) SELECT %s FROM (SELECT floor(random() * :conversations)::bigint AS n) AS drawn',
    string_agg(quote_ident(key), ', '),
    string_agg(
        CASE key
            WHEN 'id' THEN '(''01900005-0000-7000-8000-'' || lpad(to_hex(nextval(''message_rows'')), 12, ''0''))::uuid'
            WHEN 'organization_id' THEN '(''01900001-0000-7000-8000-'' || lpad(to_hex(n % :organizations), 12, ''0''))::uuid'
            WHEN 'conversation_id' THEN '(''01900004-0000-7000-8000-'' || lpad(to_hex(n), 12, ''0''))::uuid'
            ELSE quote_nullable(value)
        END, ', '))
FROM jsonb_each_text((
    SELECT to_jsonb(messages) FROM messages WHERE status = 'queued' ORDER BY id LIMIT 1))
