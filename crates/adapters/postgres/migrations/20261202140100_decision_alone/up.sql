-- A stored decision without the facts that it rested on: its record alone, as releases before them stored it. The
-- first byte is the format, from 16 on one with facts; the next four are the length of the record, little end first.
CREATE FUNCTION decision_alone(stored bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(stored) > 5 AND get_byte(stored, 0) >= 16
        THEN substring(stored FROM 6 FOR get_byte(stored, 1) + (get_byte(stored, 2) << 8)
            + (get_byte(stored, 3) << 16))
        ELSE stored END
$$;
