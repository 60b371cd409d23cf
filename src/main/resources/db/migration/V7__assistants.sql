-- Assistants that were made through the API, beside those of the settings.
-- A version belongs to one state of one assistant and never comes again, also when a name is used anew.
CREATE SEQUENCE assistant_version;

CREATE TABLE assistant (
    name       text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    version    bigint      NOT NULL DEFAULT nextval('assistant_version') UNIQUE,
    definition jsonb       NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Who answers a number of ours: one assistant.
CREATE TABLE assistant_number (
    number    text PRIMARY KEY CHECK (number ~ '^\+[1-9][0-9]{6,14}$'),
    assistant text NOT NULL REFERENCES assistant (name) ON DELETE CASCADE
);

CREATE INDEX assistant_number_by_assistant ON assistant_number (assistant);
