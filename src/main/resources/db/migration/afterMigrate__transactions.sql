-- Transactions are counted by the server. A database that was dumped and restored into another one has rows of
-- transactions that are yet to come there: they go before all others, in the order of their ids.
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM call_event WHERE xact >= pg_snapshot_xmax(pg_current_snapshot())) THEN
        ALTER TABLE call_event DISABLE TRIGGER evidence_stays;
        UPDATE call_event SET xact = '0' WHERE xact <> '0';
        ALTER TABLE call_event ENABLE TRIGGER evidence_stays;
        UPDATE transcript_turn SET xact = '0' WHERE xact <> '0';
    END IF;
END $$;
