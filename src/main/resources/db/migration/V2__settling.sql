-- Who carries which call, and until when that may be believed. Time is the database's alone.
CREATE TABLE relay_instance (
    id          uuid PRIMARY KEY,
    started_at  timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL
);

ALTER TABLE call
    -- Who dials it, and later who carries its last media session.
    ADD COLUMN owner           uuid,
    -- The right to ask the carrier for the call, which is given once.
    ADD COLUMN dial_claimed_at timestamptz,
    -- Media sessions up to this one were ended for an instance that was gone: its word on them no longer counts.
    ADD COLUMN fenced_session  integer NOT NULL DEFAULT 0,
    -- If the call is still open then, somebody asks what became of it.
    ADD COLUMN settle_after    timestamptz NOT NULL DEFAULT now() + interval '60 seconds',
    ADD COLUMN settle_tries    integer NOT NULL DEFAULT 0;

DROP INDEX call_open;
CREATE INDEX call_to_settle ON call (settle_after) WHERE state <> 'ENDED';
CREATE INDEX call_owned ON call (owner) WHERE state <> 'ENDED';
CREATE INDEX call_unplaced ON call (to_number) WHERE twilio_call_sid IS NULL AND state <> 'ENDED';
CREATE INDEX call_idempotency ON call (created_at) WHERE idempotency_key IS NOT NULL;
