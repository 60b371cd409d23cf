-- People who are signed in at a browser, whichever instance they signed in to. Of the cookie only its hash is kept.
CREATE TABLE sign_in (
    hash         bytea PRIMARY KEY CHECK (length(hash) = 32),
    username     text        NOT NULL,
    -- Of what the settings said of the person's password: with another password the session is over.
    credential   bytea       NOT NULL CHECK (length(credential) = 32),
    signed_in_at timestamptz NOT NULL DEFAULT now(),
    -- Roughly.
    last_used_at timestamptz NOT NULL DEFAULT now()
);
