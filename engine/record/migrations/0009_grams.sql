-- tenon:tolerates 8
-- The pairs of neighbouring characters of a text, in lower case: an index over them finds a text within texts, of two characters on, in every script.
-- It is costly beside a comparison, so that the planner asks it last.
CREATE FUNCTION grams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000
AS $$ SELECT array_agg(a || b) FROM (SELECT string_to_array(lower(t), NULL) AS c) s, LATERAL unnest(s.c, s.c[2:]) AS u(a, b) WHERE b IS NOT NULL $$;
