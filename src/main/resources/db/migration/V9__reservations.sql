-- Restaurants that take bookings, their book, and what guests want booked elsewhere by a call.

CREATE TABLE restaurant (
    id           uuid PRIMARY KEY,
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- Who calls this number has this restaurant on the line.
    phone        text        NOT NULL UNIQUE CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    time_zone    text        NOT NULL,
    -- {"week": {"FRIDAY": [{"opens": "17:00", "closes": "01:00"}]}, "exceptions": {"2026-12-24": []}}, by the clock on its wall.
    hours        jsonb       NOT NULL,
    slot_minutes integer     NOT NULL CHECK (slot_minutes BETWEEN 5 AND 240),
    stay_minutes integer     NOT NULL CHECK (stay_minutes BETWEEN 15 AND 720),
    lead_minutes integer     NOT NULL CHECK (lead_minutes BETWEEN 0 AND 43200),
    days_ahead   integer     NOT NULL CHECK (days_ahead BETWEEN 1 AND 400),
    min_party    integer     NOT NULL CHECK (min_party >= 1),
    max_party    integer     NOT NULL CHECK (max_party BETWEEN min_party AND 100),
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE restaurant_table (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    restaurant_id uuid    NOT NULL REFERENCES restaurant (id),
    name          text    NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    seats         integer NOT NULL CHECK (seats BETWEEN 1 AND 100),
    UNIQUE (restaurant_id, name),
    UNIQUE (id, restaurant_id)
);

CREATE TABLE reservation (
    id              uuid PRIMARY KEY,
    -- What the guest is told.
    code            text        NOT NULL CHECK (code ~ '^[A-Z0-9]{6}$'),
    restaurant_id   uuid        NOT NULL REFERENCES restaurant (id),
    table_id        integer     NOT NULL,
    guest_name      text        NOT NULL CHECK (length(guest_name) BETWEEN 1 AND 100),
    guest_phone     text        NOT NULL CHECK (guest_phone ~ '^\+?[0-9]{5,15}$'),
    party_size      integer     NOT NULL CHECK (party_size BETWEEN 1 AND 100),
    period          tstzrange   NOT NULL CHECK (NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period)
                                                AND NOT lower_inf(period) AND NOT upper_inf(period)),
    note            text CHECK (length(note) <= 500),
    status          text        NOT NULL DEFAULT 'BOOKED'
        CHECK (status IN ('BOOKED', 'ARRIVED', 'NO_SHOW', 'CANCELLED')),
    made_by         text        NOT NULL CHECK (made_by IN ('CALL', 'API')),
    call_id         uuid REFERENCES call (id),
    tool_call_id    text,
    api_key         text,
    idempotency_key text,
    request_hash    bytea,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (restaurant_id, code),
    UNIQUE (call_id, tool_call_id),
    UNIQUE (api_key, idempotency_key),
    FOREIGN KEY (table_id, restaurant_id) REFERENCES restaurant_table (id, restaurant_id),
    CHECK ((made_by = 'CALL') = (call_id IS NOT NULL AND tool_call_id IS NOT NULL)),
    CHECK ((made_by = 'API') = (api_key IS NOT NULL)),
    -- No table is booked twice at a time. A range of one id instead of the id: that needs no extension, which not
    -- everybody may create.
    CONSTRAINT reservation_table_once EXCLUDE USING gist (int4range(table_id, table_id, '[]') WITH &&, period WITH &&)
        WHERE (status IN ('BOOKED', 'ARRIVED'))
);

CREATE INDEX reservation_by_restaurant ON reservation (restaurant_id, id);
CREATE INDEX reservation_by_table ON reservation (table_id, upper(period)) WHERE status IN ('BOOKED', 'ARRIVED');

-- What tools have done, and what the agent was told: asked again, they tell the same and do nothing.
CREATE TABLE reservation_act (
    call_id      uuid        NOT NULL REFERENCES call (id),
    tool_call_id text        NOT NULL CHECK (length(tool_call_id) <= 200),
    tool         text        NOT NULL,
    result       text        NOT NULL DEFAULT '',
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (call_id, tool_call_id)
);

-- The smallest table that is free for so many then, or null. Whoever asks has the restaurant's book to itself until
-- the end of its transaction: two who want the same table wait for each other and do not fail on each other.
CREATE FUNCTION reservation_table(
    in_restaurant uuid, party integer, begins timestamptz, ends timestamptz, leaving uuid
) RETURNS integer LANGUAGE plpgsql VOLATILE SET lock_timeout = '1500ms' AS $$
BEGIN
    PERFORM 1 FROM restaurant WHERE id = in_restaurant FOR NO KEY UPDATE;
    -- Volatile: sees what was booked while the book was waited for.
    RETURN (
        SELECT t.id FROM restaurant_table t
        WHERE t.restaurant_id = in_restaurant AND t.seats >= party AND NOT EXISTS (
            SELECT 1 FROM reservation r
            WHERE r.table_id = t.id AND upper(r.period) > begins AND lower(r.period) < ends AND r.status IN ('BOOKED', 'ARRIVED')
              AND r.id IS DISTINCT FROM leaving)
        ORDER BY t.seats, t.id LIMIT 1);
END $$;

CREATE TABLE reservation_request (
    id               uuid PRIMARY KEY,
    restaurant_name  text        NOT NULL CHECK (length(restaurant_name) BETWEEN 1 AND 100),
    restaurant_phone text        NOT NULL CHECK (restaurant_phone ~ '^\+[1-9][0-9]{6,14}$'),
    time_zone        text        NOT NULL,
    guest_name       text        NOT NULL CHECK (length(guest_name) BETWEEN 1 AND 100),
    guest_phone      text CHECK (guest_phone ~ '^\+?[0-9]{5,15}$'),
    party_size       integer     NOT NULL CHECK (party_size BETWEEN 1 AND 100),
    wanted_at        timestamptz NOT NULL,
    -- What the agent may agree to without asking.
    earliest         timestamptz NOT NULL,
    latest           timestamptz NOT NULL,
    note             text CHECK (length(note) <= 500),
    assistant        text        NOT NULL,
    status           text        NOT NULL
        CHECK (status IN ('PENDING', 'CALLING', 'CONFIRMED', 'DECLINED', 'NEEDS_ATTENTION')),
    reason           text,
    decided_by       text CHECK (decided_by IN ('TOOL', 'ANALYSIS', 'PERSON')),
    -- The last call about it.
    call_id          uuid UNIQUE REFERENCES call (id),
    agreed_at        timestamptz,
    reference        text CHECK (length(reference) <= 100),
    -- What the restaurant offered last that the agent may not agree to.
    offered_at       timestamptz,
    analysed         boolean     NOT NULL DEFAULT false,
    api_key          text        NOT NULL,
    idempotency_key  text        NOT NULL,
    request_hash     bytea       NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (api_key, idempotency_key),
    CHECK (wanted_at BETWEEN earliest AND latest),
    CHECK (status <> 'CALLING' OR call_id IS NOT NULL),
    CHECK (status <> 'NEEDS_ATTENTION' OR reason IS NOT NULL),
    -- Nothing is confirmed that somebody did not say, and nothing that the guest did not allow but by a person.
    CHECK (status NOT IN ('CONFIRMED', 'DECLINED') OR decided_by IS NOT NULL),
    CHECK (status <> 'CONFIRMED' OR agreed_at IS NOT NULL),
    CHECK (status <> 'CONFIRMED' OR decided_by = 'PERSON' OR agreed_at BETWEEN earliest AND latest)
);

CREATE INDEX reservation_request_calling ON reservation_request (call_id) WHERE status = 'CALLING';
CREATE INDEX reservation_request_to_analyse ON reservation_request (call_id) WHERE call_id IS NOT NULL AND NOT analysed;
