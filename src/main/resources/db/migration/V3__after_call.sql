-- What is known only when a call is over: what the agent's platform made of it, and what it cost.

-- By conversation, since a report may come before its call is known to have had that conversation.
CREATE TABLE conversation_report (
    conversation_id    text PRIMARY KEY CHECK (length(conversation_id) <= 100),
    source             text        NOT NULL CHECK (source IN ('WEBHOOK', 'FETCH')),
    agent_id           text,
    status             text        NOT NULL,
    successful         text CHECK (successful IN ('success', 'failure', 'unknown')),
    title              text,
    summary            text,
    -- json, not jsonb: kept as it came, whatever its numbers and escapes.
    evaluation         json,
    collected          json,
    duration_seconds   integer CHECK (duration_seconds >= 0),
    credits            bigint,
    usd                numeric CHECK (usd >= 0),
    termination_reason text,
    received_at        timestamptz NOT NULL DEFAULT now()
);

-- Signed, and about no conversation of ours: another system's, or ours a moment too early.
CREATE TABLE conversation_quarantine (LIKE conversation_report INCLUDING ALL);

CREATE INDEX conversation_quarantine_by_time ON conversation_quarantine (received_at);

-- Each webhook that was accepted, once however often it came.
CREATE TABLE webhook_receipt (
    type            text        NOT NULL,
    conversation_id text        NOT NULL CHECK (length(conversation_id) <= 100),
    detail          text,
    deliveries      integer     NOT NULL DEFAULT 1,
    received_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (type, conversation_id)
);

CREATE INDEX webhook_receipt_by_time ON webhook_receipt (received_at);

CREATE TABLE call_price (
    call_id  uuid PRIMARY KEY REFERENCES call (id),
    amount   numeric     NOT NULL CHECK (amount >= 0),
    currency text        NOT NULL,
    rated_at timestamptz NOT NULL DEFAULT now()
);

-- What is still to be asked for. Whoever takes a row sets its next attempt: nobody else comes before.
CREATE TABLE after_call_task (
    call_id         uuid        NOT NULL REFERENCES call (id),
    kind            text        NOT NULL CHECK (kind IN ('REPORT', 'PRICE')),
    key             text        NOT NULL,
    state           text        NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DONE', 'GIVEN_UP')),
    attempts        integer     NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (call_id, kind, key)
);

CREATE INDEX after_call_task_open ON after_call_task (kind, next_attempt_at) WHERE state = 'OPEN';

-- The conversations of a call; of any length, since the platform names them.
CREATE INDEX call_event_by_conversation ON call_event USING hash ((details ->> 'conversationId'))
    WHERE kind = 'AGENT_CONNECTED';

CREATE FUNCTION after_call_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO after_call_task (call_id, kind, key)
    SELECT DISTINCT NEW.id, 'REPORT', e.details ->> 'conversationId'
    FROM call_event e
    WHERE e.call_id = NEW.id AND e.kind = 'AGENT_CONNECTED' AND length(e.details ->> 'conversationId') BETWEEN 1 AND 100
    ON CONFLICT DO NOTHING;
    -- A call that nobody answered has no price.
    IF NEW.twilio_call_sid IS NOT NULL AND NEW.outcome NOT IN ('NO_ANSWER', 'BUSY', 'FAILED_DIAL') THEN
        INSERT INTO after_call_task (call_id, kind, key) VALUES (NEW.id, 'PRICE', NEW.twilio_call_sid)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- Evidence may come after the end: what it adds is asked for too.
CREATE TRIGGER after_call_tasks_updated AFTER UPDATE ON call
    FOR EACH ROW WHEN (NEW.state = 'ENDED') EXECUTE FUNCTION after_call_tasks();
CREATE TRIGGER after_call_tasks_inserted AFTER INSERT ON call
    FOR EACH ROW WHEN (NEW.state = 'ENDED') EXECUTE FUNCTION after_call_tasks();

-- The calls of the last day, which were over before there was anybody to ask.
INSERT INTO after_call_task (call_id, kind, key)
SELECT DISTINCT c.id, 'REPORT', e.details ->> 'conversationId'
FROM call c JOIN call_event e ON e.call_id = c.id AND e.kind = 'AGENT_CONNECTED'
WHERE c.ended_at > now() - interval '1 day' AND length(e.details ->> 'conversationId') BETWEEN 1 AND 100;

INSERT INTO after_call_task (call_id, kind, key)
SELECT c.id, 'PRICE', c.twilio_call_sid
FROM call c
WHERE c.ended_at > now() - interval '1 day' AND c.twilio_call_sid IS NOT NULL
  AND c.outcome NOT IN ('NO_ANSWER', 'BUSY', 'FAILED_DIAL');
