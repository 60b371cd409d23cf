-- What agents asked for. A tool call is run once and has one result, however often it comes and wherever.
CREATE TABLE tool_call (
    call_id        uuid        NOT NULL REFERENCES call (id),
    -- The agent's platform's.
    tool_call_id   text        NOT NULL CHECK (length(tool_call_id) BETWEEN 1 AND 200),
    name           text        NOT NULL,
    arguments_hash bytea       NOT NULL,
    state          text        NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'DONE')),
    -- Who runs it, and until when that may be believed. After that it is run again.
    runner         uuid        NOT NULL,
    lease_until    timestamptz NOT NULL,
    runs           integer     NOT NULL DEFAULT 1,
    result         text,
    is_error       boolean,
    began_at       timestamptz NOT NULL DEFAULT now(),
    ended_at       timestamptz,
    PRIMARY KEY (call_id, tool_call_id),
    CONSTRAINT tool_call_that_is_done_has_a_result
        CHECK ((state = 'DONE') = (result IS NOT NULL AND is_error IS NOT NULL AND ended_at IS NOT NULL))
);

-- Who may run it: RUN is this one, BUSY somebody else. DONE has the result of before. SPENT: the call has used up what
-- it may. OTHER: the same id with another tool or other arguments. The tool calls of one call begin one after the other.
CREATE FUNCTION begin_tool_call(
    of_call uuid, asked text, tool text, hash bytea, who uuid, lease interval, budget integer,
    OUT turn text, OUT known_result text, OUT known_error boolean
) LANGUAGE plpgsql VOLATILE SET lock_timeout = '1500ms' AS $$
DECLARE
    before tool_call%ROWTYPE;
BEGIN
    -- What is known needs no lock, and most that is asked twice is known.
    SELECT * INTO before FROM tool_call WHERE call_id = of_call AND tool_call_id = asked;
    IF FOUND AND before.name = tool AND before.arguments_hash = hash THEN
        IF before.state = 'DONE' THEN
            turn := 'DONE';
            known_result := before.result;
            known_error := before.is_error;
            RETURN;
        ELSIF before.lease_until > clock_timestamp() THEN
            turn := 'BUSY';
            RETURN;
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(725018344, hashtext(of_call::text));
    -- Volatile: each statement from here on sees what was stored while the lock was waited for.
    SELECT * INTO before FROM tool_call WHERE call_id = of_call AND tool_call_id = asked;
    IF NOT FOUND THEN
        IF (SELECT count(*) FROM tool_call WHERE call_id = of_call) >= budget THEN
            turn := 'SPENT';
            RETURN;
        END IF;
        INSERT INTO tool_call (call_id, tool_call_id, name, arguments_hash, runner, lease_until)
        VALUES (of_call, asked, tool, hash, who, clock_timestamp() + lease);
        turn := 'RUN';
    ELSIF before.name <> tool OR before.arguments_hash <> hash THEN
        turn := 'OTHER';
    ELSIF before.state = 'DONE' THEN
        turn := 'DONE';
        known_result := before.result;
        known_error := before.is_error;
    ELSIF before.lease_until > clock_timestamp() THEN
        turn := 'BUSY';
    ELSE
        UPDATE tool_call SET runner = who, lease_until = clock_timestamp() + lease, runs = runs + 1
        WHERE call_id = of_call AND tool_call_id = asked;
        turn := 'RUN';
    END IF;
END $$;

-- What an agent wrote down for people to read.
CREATE TABLE call_note (
    call_id uuid        NOT NULL REFERENCES call (id),
    -- A note that comes twice is one.
    key     text        NOT NULL,
    text    text        NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (call_id, key)
);
