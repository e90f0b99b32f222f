-- Who may do what, and who has looked at that. 21 CFR 11.10(d) and (g).
CREATE SCHEMA access AUTHORIZATION audit_owner;
SET LOCAL ROLE audit_owner;
COMMENT ON SCHEMA access IS 'Roles, their rights, and reviews of both';
CREATE TABLE access.review (
  review_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  reviewer text NOT NULL DEFAULT session_user,
  finding text NOT NULL CHECK (finding <> ''),
  roles jsonb NOT NULL,
  rights jsonb NOT NULL
);
COMMENT ON TABLE access.review IS 'What there was when somebody looked at it, and what he found';
