-- What people want done in a call that is on. It may come to any instance; the one that has the call's media takes it.
CREATE TABLE call_command (
    id              uuid PRIMARY KEY,
    call_id         uuid        NOT NULL REFERENCES call (id),
    kind            text        NOT NULL CHECK (kind IN ('CONTEXT', 'MESSAGE', 'TRANSFER', 'DIGITS')),
    -- What is said or pressed. Gone once the command is settled: what may be kept of it is evidence.
    details         jsonb       NOT NULL,
    given_by        text        NOT NULL,
    idempotency_key text,
    request_hash    bytea,
    -- DONE, REFUSED and EXPIRED are certain. UNKNOWN: whoever took it is gone.
    state           text        NOT NULL DEFAULT 'WAITING'
        CHECK (state IN ('WAITING', 'TAKEN', 'DONE', 'REFUSED', 'EXPIRED', 'UNKNOWN')),
    reason          text,
    taken_by        uuid,
    given_at        timestamptz NOT NULL DEFAULT now(),
    -- Nobody takes it after that.
    expires_at      timestamptz NOT NULL,
    taken_at        timestamptz,
    settled_at      timestamptz,
    UNIQUE (given_by, idempotency_key),
    CHECK ((state = 'WAITING') <= (taken_by IS NULL)),
    CHECK ((state IN ('TAKEN', 'DONE', 'UNKNOWN')) <= (taken_by IS NOT NULL)),
    CHECK ((state IN ('REFUSED', 'EXPIRED', 'UNKNOWN')) = (reason IS NOT NULL)),
    CHECK ((state IN ('WAITING', 'TAKEN')) = (settled_at IS NULL))
);

CREATE INDEX call_command_open ON call_command (given_at) WHERE state IN ('WAITING', 'TAKEN');
CREATE INDEX call_command_by_call ON call_command (call_id);
CREATE INDEX call_command_by_time ON call_command (given_at);

-- Says that there is something to take, and which command is settled.
CREATE FUNCTION command_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY callbridge_command;
    RETURN NULL;
END $$;

CREATE FUNCTION command_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('callbridge_command', NEW.id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER call_command_given AFTER INSERT ON call_command FOR EACH ROW EXECUTE FUNCTION command_given();
CREATE TRIGGER call_command_settled AFTER UPDATE OF state ON call_command
    FOR EACH ROW WHEN (NEW.settled_at IS NOT NULL) EXECUTE FUNCTION command_settled();
