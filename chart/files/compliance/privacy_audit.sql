-- What persons agree to and ask for is written down, too; keys are not.
SET LOCAL ROLE audit_owner;
GRANT USAGE ON SCHEMA audit TO privacy_owner;
GRANT EXECUTE ON FUNCTION audit.attach(regclass), audit.record() TO privacy_owner;
GRANT SELECT, INSERT ON audit.masked TO privacy_owner;
SET LOCAL ROLE privacy_owner;
SELECT audit.attach('privacy.consent'), audit.attach('privacy.pii'), audit.attach('privacy.request') \g /dev/null
