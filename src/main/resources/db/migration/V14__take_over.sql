-- A supervisor speaks in the agent's place, utterance by utterance.
ALTER TABLE call_command DROP CONSTRAINT call_command_kind_check;
ALTER TABLE call_command ADD CONSTRAINT call_command_kind_check
    CHECK (kind IN ('CONTEXT', 'MESSAGE', 'TRANSFER', 'DIGITS', 'TAKE_OVER', 'UTTERANCE', 'HAND_BACK'));

-- What the caller is to hear, mu-law of 8 kHz, for half a minute at the most. Gone once the command is settled.
ALTER TABLE call_command ADD COLUMN audio bytea CHECK (length(audio) BETWEEN 1 AND 240000);
ALTER TABLE call_command ADD CONSTRAINT call_command_utterance_check
    CHECK ((audio IS NOT NULL) <= (kind = 'UTTERANCE') AND (kind = 'UTTERANCE' AND settled_at IS NULL) <= (audio IS NOT NULL));

ALTER TABLE transcript_turn DROP CONSTRAINT transcript_turn_role_check;
ALTER TABLE transcript_turn ADD CONSTRAINT transcript_turn_role_check CHECK (role IN ('AGENT', 'CALLER', 'SUPERVISOR'));
