-- Evidence as bytes: 1 and JSON, or 2 and JSON compressed by LZ4, which takes a quarter of jsonb.
ALTER TABLE attempts ALTER COLUMN evidence TYPE bytea
    USING '\x01'::bytea || convert_to(evidence::text, 'UTF8');
