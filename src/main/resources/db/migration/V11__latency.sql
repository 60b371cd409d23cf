-- How long an answer of the agent took, stage by stage: whole milliseconds by name, without what nobody can say.
ALTER TABLE transcript_turn ADD COLUMN latency jsonb CHECK (jsonb_typeof(latency) = 'object');
