-- A call is what follows from its evidence. The rules that no code may break stand here.

CREATE TABLE call (
    id                   uuid PRIMARY KEY,
    direction            text        NOT NULL CHECK (direction IN ('INBOUND', 'OUTBOUND')),
    carrier              text        NOT NULL DEFAULT 'RELAY',
    assistant            text        NOT NULL,
    from_number          text        NOT NULL,
    to_number            text        NOT NULL,
    variables            jsonb       NOT NULL DEFAULT '{}',
    metadata             jsonb       NOT NULL DEFAULT '{}',
    first_message        text,
    language             text,
    voice_id             text,
    machine_detection    boolean     NOT NULL DEFAULT false,
    ring_timeout_seconds integer     NOT NULL,
    max_duration_seconds integer     NOT NULL,
    api_key              text,
    idempotency_key      text,
    request_hash         bytea,
    state                text        NOT NULL DEFAULT 'CREATED'
        CHECK (state IN ('CREATED', 'UNCONFIRMED', 'DIALING', 'RINGING', 'ANSWERED', 'CONNECTED', 'ENDED')),
    outcome              text
        CHECK (outcome IN ('COMPLETED', 'AGENT_UNREACHABLE', 'AGENT_LOST', 'CALLER_ABANDONED', 'VOICEMAIL',
                           'NO_ANSWER', 'BUSY', 'FAILED_DIAL', 'CANCELED', 'REJECTED_OVERLOAD', 'REJECTED_POLICY',
                           'INTERRUPTED')),
    ended_by             text CHECK (ended_by IN ('CALLER', 'AGENT', 'OPERATOR', 'LIMIT', 'CARRIER', 'RELAY')),
    reason               text,
    answered_by          text,
    twilio_call_sid      text UNIQUE,
    conversation_id      text,
    created_at           timestamptz NOT NULL DEFAULT now(),
    dialed_at            timestamptz,
    ringing_at           timestamptz,
    answered_at          timestamptz,
    agent_connected_at   timestamptz,
    first_agent_audio_at timestamptz,
    ended_at             timestamptz,
    -- How much evidence the row follows from: one who has seen less does not write it.
    events_seen          integer     NOT NULL DEFAULT 0,
    UNIQUE (api_key, idempotency_key),
    -- Over means all of how, by whom, why and when.
    CONSTRAINT call_ended_is_complete CHECK (
        (state = 'ENDED') = (outcome IS NOT NULL)
        AND (outcome IS NULL) = (ended_by IS NULL)
        AND (outcome IS NULL) = (reason IS NULL)
        AND (outcome IS NULL) = (ended_at IS NULL)),
    -- No success without the agent.
    CONSTRAINT call_completed_needs_evidence CHECK (
        outcome IS DISTINCT FROM 'COMPLETED'
        OR (conversation_id IS NOT NULL AND agent_connected_at IS NOT NULL AND first_agent_audio_at IS NOT NULL))
);

CREATE INDEX call_open ON call (created_at) WHERE state <> 'ENDED';

CREATE FUNCTION call_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    way constant text[] := ARRAY['CREATED', 'UNCONFIRMED', 'DIALING', 'RINGING', 'ANSWERED', 'CONNECTED', 'ENDED'];
BEGIN
    IF array_position(way, NEW.state) < array_position(way, OLD.state) THEN
        RAISE EXCEPTION 'call % cannot go back from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.outcome IS NOT NULL
       AND (NEW.outcome, NEW.ended_by, NEW.reason, NEW.ended_at)
           IS DISTINCT FROM (OLD.outcome, OLD.ended_by, OLD.reason, OLD.ended_at) THEN
        RAISE EXCEPTION 'call % has ended as %: its outcome does not change', OLD.id, OLD.outcome
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER call_moves_forward BEFORE UPDATE ON call FOR EACH ROW EXECUTE FUNCTION call_moves_forward();

-- Evidence: written once, never changed.
CREATE TABLE call_event (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id    uuid        NOT NULL REFERENCES call (id),
    kind       text        NOT NULL,
    source     text        NOT NULL CHECK (source IN ('API', 'TWILIO', 'RELAY', 'ELEVENLABS')),
    source_key text        NOT NULL,
    at         timestamptz NOT NULL,
    details    jsonb       NOT NULL DEFAULT '{}',
    UNIQUE (call_id, source, kind, source_key)
);

CREATE FUNCTION evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'call_event is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER evidence_stays BEFORE UPDATE OR DELETE ON call_event FOR EACH ROW EXECUTE FUNCTION evidence_stays();

CREATE TABLE transcript_turn (
    call_id     uuid        NOT NULL REFERENCES call (id),
    position    integer     NOT NULL CHECK (position >= 0),
    role        text        NOT NULL CHECK (role IN ('AGENT', 'CALLER')),
    text        text        NOT NULL,
    heard       text        NOT NULL,
    corrected   text,
    interrupted boolean     NOT NULL DEFAULT false,
    at          timestamptz NOT NULL,
    PRIMARY KEY (call_id, position)
);

-- Who may open a media socket, once.
CREATE TABLE media_ticket (
    token_hash bytea PRIMARY KEY,
    call_id    uuid        NOT NULL REFERENCES call (id),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

CREATE INDEX media_ticket_by_call ON media_ticket (call_id);
