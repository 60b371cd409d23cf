-- Evidence of all calls in one order that never grows in the middle: (xact, id). A transaction below the snapshot's
-- xmin is over, so nothing can be added below it any more. What was stored before there was this order keeps that of its ids.
ALTER TABLE call_event ADD COLUMN xact xid8 NOT NULL DEFAULT '0';
ALTER TABLE call_event ALTER COLUMN xact SET DEFAULT pg_current_xact_id();
CREATE INDEX call_event_stream ON call_event (xact, id);

-- When a turn was last changed.
ALTER TABLE transcript_turn ADD COLUMN xact xid8 NOT NULL DEFAULT '0';
ALTER TABLE transcript_turn ALTER COLUMN xact SET DEFAULT pg_current_xact_id();
CREATE INDEX transcript_turn_stream ON transcript_turn (xact);

-- Says that there is something new, not what: once a statement, and once a transaction.
CREATE FUNCTION something_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY callbridge_stream;
    RETURN NULL;
END $$;

CREATE TRIGGER call_event_new AFTER INSERT ON call_event FOR EACH STATEMENT EXECUTE FUNCTION something_new();
CREATE TRIGGER transcript_turn_new AFTER INSERT ON transcript_turn FOR EACH STATEMENT EXECUTE FUNCTION something_new();

-- What calls are looked for by.
CREATE INDEX call_by_time ON call (created_at);
CREATE INDEX call_by_from ON call (from_number, id);
CREATE INDEX call_by_to ON call (to_number, id);
CREATE INDEX call_by_metadata ON call USING gin (metadata jsonb_path_ops);
