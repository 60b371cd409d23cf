-- Keys that were made through the API. Of a key itself only its hash is kept.
CREATE TABLE api_key (
    id                               uuid PRIMARY KEY,
    name                             text        NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    hash                             bytea       NOT NULL UNIQUE,
    -- The key's first characters, by which people know it again.
    prefix                           text        NOT NULL,
    scopes                           text[]      NOT NULL
        CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['calls:read', 'calls:write', 'admin']),
    -- Null is all that are configured.
    countries                        text[] CHECK (cardinality(countries) > 0),
    -- Null is the configured one.
    requests_per_minute              integer CHECK (requests_per_minute > 0),
    concurrent_calls                 integer CHECK (concurrent_calls > 0),
    calls_per_day                    integer CHECK (calls_per_day > 0),
    calls_per_destination_per_day    integer CHECK (calls_per_destination_per_day > 0),
    created_at                       timestamptz NOT NULL DEFAULT now(),
    expires_at                       timestamptz,
    revoked_at                       timestamptz,
    -- To the minute.
    last_used_at                     timestamptz
);

-- A name is free again once its key is revoked: the next one carries on with its calls and quotas.
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at IS NULL;

-- What quotas are counted by.
CREATE INDEX call_by_key ON call (api_key, created_at) WHERE api_key IS NOT NULL;
CREATE INDEX call_by_key_and_destination ON call (api_key, to_number, created_at) WHERE api_key IS NOT NULL;
CREATE INDEX call_open_by_key ON call (api_key) WHERE api_key IS NOT NULL AND state <> 'ENDED';

-- Which of somebody's quotas a new call would exceed, if any, and when there is room again (null: when a call ends).
-- Held until the end of the transaction: the calls of one asker are counted and stored one after the other, whichever
-- instance they come through. A statement that calls this stores the call too.
CREATE FUNCTION call_quota(
    asker text, destination text, once text, concurrent integer, per_day integer, per_destination integer,
    OUT used_up text, OUT frees_at timestamptz
) LANGUAGE plpgsql VOLATILE SET lock_timeout = '1500ms' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1903521652, hashtext(asker));
    -- Volatile: each statement from here on sees what was stored while the lock was waited for.
    IF EXISTS (SELECT 1 FROM call WHERE api_key = asker AND idempotency_key = once) THEN
        RETURN;
    END IF;
    SELECT created_at + interval '24 hours' INTO frees_at FROM call
    WHERE api_key = asker AND created_at > now() - interval '24 hours'
    ORDER BY created_at DESC OFFSET per_day - 1 LIMIT 1;
    IF FOUND THEN
        used_up := 'CALLS_PER_DAY';
        RETURN;
    END IF;
    SELECT created_at + interval '24 hours' INTO frees_at FROM call
    WHERE api_key = asker AND to_number = destination AND created_at > now() - interval '24 hours'
    ORDER BY created_at DESC OFFSET per_destination - 1 LIMIT 1;
    IF FOUND THEN
        used_up := 'CALLS_PER_DESTINATION_PER_DAY';
        RETURN;
    END IF;
    IF (SELECT count(*) FROM call WHERE api_key = asker AND state <> 'ENDED') >= concurrent THEN
        used_up := 'CONCURRENT_CALLS';
    END IF;
END $$;
